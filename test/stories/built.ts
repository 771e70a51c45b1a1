export { buildDist as mochaGlobalSetup } from '../support/build-dist.ts'
