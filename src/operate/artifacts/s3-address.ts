// Which bucket of which server an address means: `s3://bucket/prefix`, with the usual variables of AWS for the rest.
import { UsageError } from '../../base/index.js'

export interface S3Address {
  readonly bucket: string
  /** Before each key: empty, or ending with a slash. */
  readonly prefix: string
  /** Undefined for AWS itself. */
  readonly endpoint: string | undefined
  readonly region: string | undefined
}

type Variables = Readonly<Record<string, string | undefined>>

/** Reads an address. @throws {@link UsageError} for one without a bucket, or with a password in it */
export function readS3Address(url: string, variables: Variables = process.env): S3Address {
  const [, bucket = '', rest = ''] = /^s3:\/\/([^/]*)\/?(.*)$/.exec(url) ?? []
  if (bucket.includes('@')) throw secretInAddress()
  // The letters that every S3 server allows in names of buckets.
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw new UsageError(
      `The address of artifacts '${url}' names the bucket '${bucket}', expected 's3://bucket/prefix' with a name of 3 to 63 lower-case letters, digits, dots and hyphens (MODELWRIGHT_ARTIFACTS, or the option 'artifacts' (--artifacts)).`,
      { argument: 'artifacts' },
    )
  const prefix = rest.replace(/^\/+|\/+$/g, '')
  const endpoint = first(variables, ['MODELWRIGHT_S3_ENDPOINT', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'])
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint,
    region:
      first(variables, ['AWS_REGION', 'AWS_DEFAULT_REGION']) ??
      // Servers other than AWS have one region, whatever it is called; AWS must be told, and its own files may do that.
      (endpoint === undefined ? undefined : 'us-east-1'),
  }
}

const first = (variables: Variables, names: readonly string[]): string | undefined =>
  names.map((name) => variables[name]).find((value) => value !== undefined && value !== '')

function secretInAddress(): UsageError {
  return new UsageError(
    "The address of artifacts holds an '@': keys do not belong into an address, which is shown and logged. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile of AWS.",
    { argument: 'artifacts' },
  )
}
