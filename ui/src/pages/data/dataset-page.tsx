export function DatasetPage({ datasetId }: { readonly datasetId: string }) { return <p>{datasetId}</p> }
