/** What a holder of the vault example tells the program that started it. */
export interface Ready {
  peerId: string
  address: string
}
