// Files of a run: a tree whose folders are asked for when they are opened, and a look into each file.
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ArtifactEntry } from '../../../../src/app/http/api/page-types.js'
import { bytes } from '../../base/format.js'
import { useUrlState } from '../../base/url-state.js'
import { Empty } from '../../parts/empty.js'
import { Failure } from '../../parts/failure.js'
import { Icon } from '../../parts/icon.js'
import { Section } from '../../parts/section.js'
import { Waiting } from '../../parts/waiting.js'
import { artifactsQuery, contentPath } from './artifact-queries.js'
import { Preview } from './preview.js'

export function Artifacts({ runId }: { readonly runId: string }) {
  const url = useUrlState()
  const path = url.text('path')
  const { data, error, refetch } = useQuery(artifactsQuery(runId, ''))
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <Waiting />
  if (data.entries.length === 0)
    return (
      <Empty icon="file" title="No files">
        <p>
          This run has saved no file. Keep one with <code>run.logArtifact(…)</code>, or a model with{' '}
          <code>run.save(…)</code>.
        </p>
      </Empty>
    )
  return (
    <div className="files">
      <Section title="Files">
        <Entries
          runId={runId}
          entries={data.entries}
          chosen={path}
          choose={(chosen) => url.set({ path: chosen })}
        />
      </Section>
      {path === undefined ? (
        <p className="section-none">Choose a file to look into it.</p>
      ) : (
        <FileShown key={path} runId={runId} path={path} />
      )}
    </div>
  )
}

interface EntriesProps {
  readonly runId: string
  readonly entries: readonly ArtifactEntry[]
  readonly chosen: string | undefined
  readonly choose: (path: string) => void
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

function Entries({ runId, entries, chosen, choose }: EntriesProps) {
  const sorted = entries.toSorted(
    (a, b) => Number(b.directory) - Number(a.directory) || a.path.localeCompare(b.path),
  )
  return (
    <ul className="tree">
      {sorted.map((entry) =>
        entry.directory ? (
          <Folder key={entry.path} {...{ runId, chosen, choose }} path={entry.path} />
        ) : (
          <li key={entry.path}>
            <button
              type="button"
              aria-current={entry.path === chosen ? 'true' : undefined}
              onClick={() => choose(entry.path)}
            >
              <Icon name="file" size={14} />
              <span title={entry.path}>{nameOf(entry.path)}</span>
              {entry.size !== null && <small>{bytes(entry.size)}</small>}
            </button>
          </li>
        ),
      )}
    </ul>
  )
}

interface FolderProps extends Omit<EntriesProps, 'entries'> {
  readonly path: string
}

function Folder({ runId, path, chosen, choose }: FolderProps) {
  const [open, setOpen] = useState(chosen?.startsWith(`${path}/`) ?? false)
  const { data, error } = useQuery({ ...artifactsQuery(runId, path), enabled: open })
  return (
    <li>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'down' : 'right'} size={12} />
        <Icon name="folder" size={14} />
        <span>{nameOf(path)}</span>
      </button>
      {open && data !== undefined && <Entries {...{ runId, chosen, choose }} entries={data.entries} />}
      {open && error !== null && (
        <p role="alert" className="fault">
          {error.message}
        </p>
      )}
    </li>
  )
}

function FileShown({ runId, path }: { readonly runId: string; readonly path: string }) {
  return (
    <Section
      title={nameOf(path)}
      note={path.includes('/') ? path : undefined}
      actions={
        <Button
          component="a"
          href={contentPath(runId, path)}
          download={nameOf(path)}
          variant="default"
          leftSection={<Icon name="download" size={14} />}
        >
          Download
        </Button>
      }
    >
      <Preview runId={runId} path={path} />
    </Section>
  )
}
