export * from './address-book/index.ts'
export * from './discovery/index.ts'
export * from './pex/index.ts'
export * from './pool/index.ts'
