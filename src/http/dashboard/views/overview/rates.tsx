import { LineChart } from '../../charts/line-chart.tsx'
import { bytes, bytesPerSecond, count, latency } from '../../components/format.ts'
import { Card, Facts } from '../../components/page.tsx'
import { Loading } from '../../components/states.tsx'
import { stats } from '../../state/live.ts'
import type { JSX } from 'preact'

const perSecond = (value: number): string => `${value > 0 && value < 10 ? value.toFixed(1) : count(Math.round(value))}/s`

/** So that the scale has whole KiB and MiB. */
const POWERS_OF_TWO = Array.from({ length: 50 }, (_, power) => 2 ** power)

/** What goes in and out, of the last five minutes. */
export function Rates (): JSX.Element {
  const samples = stats.value
  const last = samples.at(-1)
  if (last == null) return <Card title='Traffic'><Loading what='rates' lines={6} /></Card>
  const times = samples.map(({ timeMs }) => timeMs / 1_000)
  return (
    <Card title='Traffic'>
      <div class='stack'>
        {/* counted by what makes the metrics */}
        {last.bytesInPerSecond != null && (
          <LineChart
            label='Bytes' times={times} format={bytesPerSecond} steps={POWERS_OF_TWO} height={150}
            lines={[{ name: 'in', values: samples.map(({ bytesInPerSecond }) => bytesInPerSecond ?? null) }, { name: 'out', values: samples.map(({ bytesOutPerSecond }) => bytesOutPerSecond ?? null) }]}
          />
        )}
        <LineChart
          label='Messages' times={times} format={perSecond} height={140}
          lines={[
            { name: 'in', values: samples.map(({ messagesInPerSecond }) => messagesInPerSecond) },
            { name: 'out', values: samples.map(({ messagesOutPerSecond }) => messagesOutPerSecond) },
            { name: 'broadcasts in', values: samples.map(({ broadcastsInPerSecond }) => broadcastsInPerSecond) }
          ]}
        />
        <Facts of={[['Memory', bytes(last.rssBytes)], ['Event loop', `99 of 100 turns wait less than ${latency(last.eventLoopP99Ms)}`]]} />
      </div>
    </Card>
  )
}
