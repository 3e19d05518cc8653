// The frame of the page: navigation, keys that work everywhere, and a page for each address, loaded when it is first opened.
import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense } from 'react'
import { Link, Redirect, Route, Switch, useLocation } from 'wouter'
import { usePathname } from 'wouter/use-browser-location'
import { serverQuery } from './api/queries.js'
import { Boundary } from './parts/boundary.js'
import { Empty } from './parts/empty.js'
import { Icon } from './parts/icon.js'
import type { IconName } from './parts/icons.js'
import { Palette } from './parts/palette.js'
import { Session } from './parts/session.js'
import { SchemeSwitch } from './parts/scheme-switch.js'
import { Waiting } from './parts/waiting.js'
import { RunsPage } from './pages/runs/runs-page.js'

// The first page is in the first file, the others are files of their own.
const RunPage = lazy(async () => ({ default: (await import('./pages/run/run-page.js')).RunPage }))
const ComparePage = lazy(async () => ({
  default: (await import('./pages/compare/compare-page.js')).ComparePage,
}))
const ModelsPage = lazy(async () => ({ default: (await import('./pages/models/models-page.js')).ModelsPage }))
const ModelPage = lazy(async () => ({ default: (await import('./pages/models/model-page.js')).ModelPage }))
const ServingPage = lazy(async () => ({
  default: (await import('./pages/serving/serving-page.js')).ServingPage,
}))
const DataPage = lazy(async () => ({ default: (await import('./pages/data/data-page.js')).DataPage }))
const DatasetPage = lazy(async () => ({
  default: (await import('./pages/data/dataset-page.js')).DatasetPage,
}))

interface Place {
  readonly to: string
  readonly text: string
  readonly icon: IconName
  /** Addresses that belong to it. */
  readonly owns: RegExp
}

const places: readonly Place[] = [
  { to: '/runs', text: 'Runs', icon: 'runs', owns: /^\/(runs|compare)/ },
  { to: '/models', text: 'Models', icon: 'models', owns: /^\/models/ },
  { to: '/serving', text: 'Serving', icon: 'serving', owns: /^\/serving/ },
  { to: '/data', text: 'Data', icon: 'data', owns: /^\/data/ },
]

export function App() {
  const [place] = useLocation()
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <TopBar />
      <main id="main" tabIndex={-1}>
        <Boundary place={place}>
          <Suspense fallback={<Waiting />}>
            <Pages />
          </Suspense>
        </Boundary>
      </main>
    </div>
  )
}

function TopBar() {
  const [location] = useLocation()
  const { data } = useQuery(serverQuery)
  return (
    <header className="top">
      <Link to="/runs" className="brand" title={data === undefined ? undefined : `Version ${data.version}`}>
        <img src={`${import.meta.env.BASE_URL}mark.svg`} width="22" height="22" alt="" />
        <span>Modelwright</span>
      </Link>
      <nav aria-label="Pages" className="places">
        {places.map(({ to, text, icon, owns }) => (
          <Link key={to} to={to} className="place" aria-current={owns.test(location) ? 'page' : undefined}>
            <Icon name={icon} />
            <span>{text}</span>
          </Link>
        ))}
      </nav>
      <div className="top-tools">
        <Palette />
        <Session />
        <SchemeSwitch />
      </div>
    </header>
  )
}

/** The last part of the address, as it was before it was put there: the router's own way reads `%25` twice. */
function Named({ page }: { readonly page: (name: string) => ReactNode }) {
  const path = usePathname()
  const last = path.slice(path.lastIndexOf('/') + 1)
  return page(decoded(last))
}

/** What somebody typed may be no escape at all. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const named = (path: string, page: (name: string) => ReactNode) => (
  <Route path={path}>
    <Named page={page} />
  </Route>
)

function Pages() {
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/runs" replace />
      </Route>
      <Route path="/runs">
        <RunsPage />
      </Route>
      {named('/runs/:id', (id) => (
        <RunPage key={id} runId={id} />
      ))}
      <Route path="/compare">
        <ComparePage />
      </Route>
      <Route path="/models">
        <ModelsPage />
      </Route>
      {named('/models/:name', (name) => (
        <ModelPage key={name} name={name} />
      ))}
      <Route path="/serving">
        <ServingPage />
      </Route>
      <Route path="/data">
        <DataPage />
      </Route>
      {named('/data/:id', (id) => (
        <DatasetPage key={id} datasetId={id} />
      ))}
      <Route>
        <Empty icon="search" title="There is no such page">
          <p>
            The address may be old. <Link to="/runs">Go to the runs</Link>, or press Ctrl K to search.
          </p>
        </Empty>
      </Route>
    </Switch>
  )
}
