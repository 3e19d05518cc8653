import { describe, expect, it } from 'vitest'
import { placeBelow, placeOfPath, placeOfUri } from './places.js'

const run = '0123456789abcdef0123456789abcdef'

describe('an address of MLflow', () => {
  it.each([
    [`0/${run}/artifacts`, `runs/${run}`, ''],
    [`0/${run}/artifacts/`, `runs/${run}`, ''],
    [`0/${run}/artifacts/model/MLmodel`, `runs/${run}`, 'model/MLmodel'],
    [`some/where/else/${run}/artifacts/a`, `runs/${run}`, 'a'],
    [`${run}/artifacts/artifacts/a`, `runs/${run}`, 'artifacts/a'],
    [`0/models/m-${run}/artifacts/MLmodel`, `logged-models/m-${run}`, 'MLmodel'],
    ['models/churn/3/model.onnx', 'models/churn/3', 'model.onnx'],
    ['models/churn/3', 'models/churn/3', ''],
    [`runs/${run}/a/b`, `runs/${run}`, 'a/b'],
    ['shared/notes.txt', 'files', 'shared/notes.txt'],
    [`0/${run}`, 'files', `0/${run}`],
    ['', 'files', ''],
  ])('%s is of %s: %j', (path, root, below) => {
    expect(placeOfPath(path)).toEqual({ root, path: below })
    expect(placeOfUri(`mlflow-artifacts:/${path}`)).toEqual({ root, path: below })
    expect(placeOfUri(`mlflow-artifacts://host:80/${path}`)).toEqual({ root, path: below })
    expect(placeOfUri(`http://host/api/2.0/mlflow-artifacts/artifacts/${path}`)).toEqual({
      root,
      path: below,
    })
  })

  it('leads nowhere else', () => {
    expect(() => placeOfUri(`mlflow-artifacts:/0/${run}/artifacts/../../x`)).toThrow(/'\.\.'/)
    expect(() => placeOfPath('%2e%2e/x')).toThrow(/'\.\.'/)
  })

  it.each(['s3://bucket/x', 'file:///tmp/x', '/tmp/x', 'dbfs:/x', ''])('%s is held elsewhere', (uri) => {
    expect(placeOfUri(uri)).toBeUndefined()
  })

  it('has places below it', () => {
    expect(placeBelow({ root: 'r', path: '' }, 'a')).toEqual({ root: 'r', path: 'a' })
    expect(placeBelow({ root: 'r', path: 'model' }, 'a/b')).toEqual({ root: 'r', path: 'model/a/b' })
    expect(placeBelow({ root: 'r', path: 'model' }, '')).toEqual({ root: 'r', path: 'model' })
  })
})
