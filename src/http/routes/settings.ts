import { ApiError } from '../problem.ts'
import { Settings, SettingsChange } from '../schemas/settings.ts'
import type { Routes } from '../context.ts'

export const settingsRoutes: Routes = (app, { settings }) => {
  const all = (): Settings => ({ settings: settings?.list() ?? [] })

  app.get('/v1/settings', {
    schema: { summary: 'every option of the node: its value, where that comes from, and whether it can change now', operationId: 'getSettings', tags: ['node'], response: { 200: Settings } }
  }, all)

  app.patch('/v1/settings', {
    schema: {
      summary: 'change settings until the node is started again: all that are given, or none',
      operationId: 'changeSettings',
      tags: ['node'],
      body: SettingsChange,
      response: { 200: Settings }
    }
  }, ({ body }) => {
    if (settings == null) throw new ApiError('API_SETTINGS_UNAVAILABLE', 'the program that this node is part of lets nothing be changed here', { details: { fix: 'change it there' } })
    settings.change(body)
    return all()
  })
}
