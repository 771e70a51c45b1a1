/** Who goes first on the way out. */
export type Priority = 'high' | 'normal' | 'low'

/** First to last. */
export const PRIORITIES: readonly Priority[] = ['high', 'normal', 'low']
