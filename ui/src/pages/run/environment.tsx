import type { RunDetail } from '../../../../src/app/http/api/page-types.js'
export function Environment({ run }: { readonly run: RunDetail; readonly hasFiles: boolean }) { return <p>{run.runId}</p> }
