// first, so that what views say of themselves comes after it
import './styles/main.css'
import { render } from 'preact'
import { App } from './app.tsx'
import { startLive } from './state/live.ts'
import { startNow } from './state/now.ts'
import { startRouter } from './state/router.ts'
import { startTheme } from './state/theme.ts'

startTheme()
startRouter()
startNow()
startLive()
const root = document.getElementById('app')
if (root == null) throw new Error('index.html has no #app')
render(<App />, root)
