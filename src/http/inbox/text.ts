import type { StandardSchemaV1 } from '@standard-schema/spec'

/** The event of a text to one peer. */
export const TEXT_EVENT = 'text'
/** Characters (UTF-16 code units). */
export const MAX_TEXT = 65_536
export const MAX_TOPIC = 100
export const TOPIC_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]*$'

const TOPIC = new RegExp(TOPIC_PATTERN)

/** What the events `text` and `text:<topic>` carry, as JSON. */
export interface TextMessage {
  text: string
}

/** The event of broadcasts on a topic. */
export function topicEvent (topic: string): string {
  return `${TEXT_EVENT}:${topic}`
}

export function isTopic (topic: string): boolean {
  return topic.length <= MAX_TOPIC && TOPIC.test(topic)
}

/** What else is in the object is of later versions, and not looked at. */
export const textSchema: StandardSchemaV1<unknown, TextMessage> = {
  '~standard': {
    version: 1,
    vendor: 'peerkeep',
    validate: value => {
      const text = (value as Partial<TextMessage> | null)?.text
      if (typeof text !== 'string') return { issues: [{ message: 'is no text', path: ['text'] }] }
      if (text === '' || text.length > MAX_TEXT) return { issues: [{ message: `has ${text.length} characters, not 1 to ${MAX_TEXT}`, path: ['text'] }] }
      // halves of characters cannot be passed on in UTF-8
      return { value: { text: text.toWellFormed() } }
    }
  }
}
