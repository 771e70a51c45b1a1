import { killDuringBook } from '../support/address-book-kills.ts'

const ROUNDS = 10

describe('address book: kill -9', () => {
  it(`loses nothing that flush() acknowledged, over ${ROUNDS} kills`, async () => {
    await killDuringBook(ROUNDS)
  }).timeout(60_000)
})
