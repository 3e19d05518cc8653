// The options of `serve` and `ui`.
import {
  asBytes,
  asCount,
  asList,
  asMilliseconds,
  asOneOf,
  asPort,
  asShare,
  asSwitch,
  asText,
  type Flag,
  wrong,
} from './flags.js'
import type { RedactRule } from '../../operate/serve/index.js'
import { redactRule, type TrafficRule, trafficRule } from './serve-rules.js'

/** Lets the compiler see that a default is of the kind that is read. */
const flag = <F extends Flag<unknown>>(declared: F & { readonly otherwise?: ReturnType<F['read']> }): F =>
  declared

/** Where the server listens, and who may use it. */
const doorFlags = {
  host: flag({
    flags: '--host <address>',
    text: 'the address to listen on; others than this machine need keys (default: 127.0.0.1)',
    variables: ['MODELWRIGHT_HOST'],
    read: asText,
  }),
  insecureNoAuth: flag({
    flags: '--insecure-no-auth',
    text: 'ask nobody for a key, whoever reaches the server',
    variables: ['MODELWRIGHT_INSECURE_NO_AUTH'],
    read: asSwitch,
    otherwise: false,
  }),
  store: flag({
    flags: '--store <address>',
    text: 'the store: a file, or postgres://user:password@host/database',
    variables: ['MODELWRIGHT_STORE'],
    read: asText,
  }),
  artifacts: flag({
    flags: '--artifacts <address>',
    text: 'where files of runs and models are: a folder, or s3://bucket/prefix',
    variables: ['MODELWRIGHT_ARTIFACTS'],
    read: asText,
  }),
  cache: flag({
    flags: '--cache <folder>',
    text: 'where models of the registry are kept that were downloaded (default: .modelwright/models)',
    variables: ['MODELWRIGHT_CACHE'],
    read: asText,
  }),
  tlsCert: flag({
    flags: '--tls-cert <file>',
    text: 'certificate in PEM, read again when it changes',
    variables: ['MODELWRIGHT_TLS_CERT'],
    read: asText,
  }),
  tlsKey: flag({
    flags: '--tls-key <file>',
    text: 'its key in PEM',
    variables: ['MODELWRIGHT_TLS_KEY'],
    read: asText,
  }),
  allowedHosts: flag({
    flags: '--allowed-hosts <names>',
    text: 'further names that clients may call the server by, separated by commas; * for any',
    variables: ['MODELWRIGHT_ALLOWED_HOSTS'],
    read: asList,
  }),
  cors: flag({
    flags: '--cors <origins>',
    text: 'origins whose pages may call, such as https://app.example',
    variables: ['MODELWRIGHT_CORS'],
    read: asList,
  }),
  trustProxy: flag({
    flags: '--trust-proxy',
    text: 'believe X-Forwarded-For, -Host and -Proto: a proxy of yours sets them',
    variables: ['MODELWRIGHT_TRUST_PROXY'],
    read: asSwitch,
    otherwise: false,
  }),
} as const

/** How much it takes. */
const limitFlags = {
  maxJson: flag({
    flags: '--max-json <size>',
    text: 'the largest body of JSON or CSV; while it is read, all others wait (default: 8m)',
    variables: ['MODELWRIGHT_MAX_JSON'],
    read: asBytes,
  }),
  maxBody: flag({
    flags: '--max-body <size>',
    text: 'the largest body with tensors as bytes (default: 64m)',
    variables: ['MODELWRIGHT_MAX_BODY'],
    read: asBytes,
  }),
  maxRows: flag({
    flags: '--max-rows <number>',
    text: 'rows of one prediction request (default: 100000)',
    variables: ['MODELWRIGHT_MAX_ROWS'],
    read: asCount,
  }),
  maxInFlight: flag({
    flags: '--max-in-flight <number>',
    text: 'requests answered at a time (default: 1000)',
    variables: ['MODELWRIGHT_MAX_IN_FLIGHT'],
    read: asCount,
  }),
  timeout: flag({
    flags: '--timeout <duration>',
    text: 'time in which an answer must be there (default: 60s)',
    variables: ['MODELWRIGHT_TIMEOUT'],
    read: asMilliseconds,
  }),
  rate: flag({
    flags: '--rate <number>',
    text: 'requests of one client in a second (default: no limit)',
    variables: ['MODELWRIGHT_RATE'],
    read: asCount,
  }),
  drainDelay: flag({
    flags: '--drain-delay <duration>',
    text: 'after SIGTERM, time in which /readyz says no while requests are still taken (default: 0)',
    variables: ['MODELWRIGHT_DRAIN_DELAY'],
    read: asMilliseconds,
  }),
  drainTimeout: flag({
    flags: '--drain-timeout <duration>',
    text: 'after SIGTERM, time to answer what has begun (default: 25s)',
    variables: ['MODELWRIGHT_DRAIN_TIMEOUT'],
    read: asMilliseconds,
  }),
} as const

/** What it says of itself. */
const tellFlags = {
  logLevel: flag({
    flags: '--log-level <level>',
    text: 'debug, info, warn, error or silent (default: info)',
    variables: ['MODELWRIGHT_LOG_LEVEL'],
    read: asOneOf(['debug', 'info', 'warn', 'error', 'silent']),
    otherwise: 'info',
  }),
  accessLog: flag({
    flags: '--access-log <share>',
    text: 'share of requests in the log; failures are all in it (default: 0.01)',
    variables: ['MODELWRIGHT_ACCESS_LOG'],
    read: asShare,
    otherwise: 0.01,
  }),
  otlp: flag({
    flags: '--otlp <url>',
    text: 'send traces to this OpenTelemetry collector, such as http://127.0.0.1:4318',
    variables: ['OTEL_EXPORTER_OTLP_ENDPOINT'],
    read: (given: string, name: string) => {
      if (/^https?:\/\/[^/]/.test(given)) return given
      throw wrong(name, 'an address such as http://127.0.0.1:4318', given)
    },
  }),
} as const

/** How models are served. */
const modelFlags = {
  maxBatch: flag({
    flags: '--max-batch <rows>',
    text: 'rows that are computed together; 1 for none (default: 64)',
    variables: ['MODELWRIGHT_MAX_BATCH'],
    read: asCount,
  }),
  maxDelay: flag({
    flags: '--max-delay <duration>',
    text: 'time that a row waits for others while a worker is free (default: 0)',
    variables: ['MODELWRIGHT_MAX_DELAY'],
    read: asMilliseconds,
  }),
  workers: flag({
    flags: '--workers <number>',
    text: 'worker threads that run models',
    variables: ['MODELWRIGHT_WORKERS'],
    read: asCount,
  }),
  threads: flag({
    flags: '--threads <number>',
    text: 'threads of one operator in a worker',
    variables: ['MODELWRIGHT_THREADS'],
    read: asCount,
  }),
  engine: flag({
    flags: '--engine <name>',
    text: 'auto, native or wasm (default: auto)',
    variables: ['MODELWRIGHT_ENGINE'],
    read: asOneOf(['auto', 'native', 'wasm']),
  }),
  memoryLimit: flag({
    flags: '--memory-limit <size>',
    text: 'memory for models; beyond it, those not asked for longest are put away (default: half)',
    variables: ['MODELWRIGHT_MEMORY_LIMIT'],
    read: asBytes,
  }),
  traffic: flag({
    flags: '--traffic <shares>',
    text: "shares of versions, such as '1=90,2=10', or 'churn:1=90,2=10' for one of several models",
    variables: ['MODELWRIGHT_TRAFFIC'],
    read: trafficRule as (given: string, name: string) => TrafficRule,
  }),
  logRequests: flag({
    flags: '--log-requests <share>',
    text: 'share of requests whose inputs and outputs are kept in the store (default: 0)',
    variables: ['MODELWRIGHT_LOG_REQUESTS'],
    read: asShare,
    otherwise: 0,
  }),
  redact: flag({
    flags: '--redact <columns>',
    text: "columns kept out of that log, such as 'email,card*=drop,user=hash'",
    variables: ['MODELWRIGHT_REDACT'],
    read: (given: string, name: string): readonly RedactRule[] =>
      asList(given).map((rule) => redactRule(rule, name)),
  }),
} as const

const port = (variables: readonly string[], usual: number) =>
  flag({
    flags: '--port <number>',
    text: `the port; 0 for any that is free (default: ${usual})`,
    variables,
    read: asPort,
    otherwise: usual,
  })

const name = flag({
  flags: '--name <name>',
  text: 'the name of the model, where a single one is served (default: that of its folder or file)',
  variables: ['MODELWRIGHT_MODEL_NAME'],
  read: asText,
})

/** Options of `modelwright serve`. The variables of SageMaker and Vertex AI say the port, too. */
export const serveFlags = {
  name,
  port: port(['MODELWRIGHT_PORT', 'AIP_HTTP_PORT', 'SAGEMAKER_BIND_TO_PORT'], 8080),
  ...doorFlags,
  ...modelFlags,
  ...limitFlags,
  ...tellFlags,
}

/** Options of `modelwright ui`. */
export const uiFlags = {
  port: port(['MODELWRIGHT_PORT'], 5000),
  ...doorFlags,
  ...modelFlags,
  ...limitFlags,
  ...tellFlags,
}
