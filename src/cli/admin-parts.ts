// What the admin API needs once the node is ready, loaded then.
export { removeEndpoint, writeEndpoint } from '../http/endpoint-file.ts'
export { createAdminApi } from '../http/index.ts'
export { exposeNode } from '../http/metrics-collector.ts'
export { readOrCreateToken } from '../http/token-file.ts'
export { openMetrics } from '../platform/metrics.ts'
export { createRunningSettings } from './running-settings.ts'
