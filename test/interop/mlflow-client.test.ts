// The calls of MLflow's Python client, made by Python itself.
import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { startMlflow } from '../support/mlflow-server.js'

const python = process.env['MODELWRIGHT_PYTHON'] ?? '/usr/bin/python3'
const script = fileURLToPath(new URL('./mlflow_client.py', import.meta.url))

function whyNot(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import json'], { stdio: 'ignore' })
    return undefined
  } catch {
    return `${python} is not installed (MODELWRIGHT_PYTHON names another one)`
  }
}

const reason = whyNot()

describe.skipIf(reason !== undefined)(`a client of MLflow [${reason ?? 'Python is there'}]`, () => {
  it('trains, logs, ends and finds a run', async () => {
    await using mlflow = await startMlflow()
    const url = await mlflow.listen()
    const { stdout } = await promisify(execFile)(python, [script, url])
    const said = JSON.parse(stdout)
    expect(said.missing).toEqual({
      status: 404,
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: "Could not find experiment with name 'iris'",
    })
    expect(said.experiment).toMatchObject({ name: 'iris', lifecycle_stage: 'active' })
    const { run_id } = said.created.info
    expect(said.created.info.run_name).toMatch(/^[a-z]+-[a-z]+-\d+$/)
    expect(said.changed).toMatchObject({ status: 400, error_code: 'INVALID_PARAMETER_VALUE' })
    expect(said.listed).toEqual({
      root_uri: said.created.info.artifact_uri,
      files: [{ path: 'texts/notes.txt', is_dir: false, file_size: 7 }],
    })
    expect(said.downloaded).toBe('a note\n')
    expect(said.finalized.model.info.status).toBe('LOGGED_MODEL_READY')
    expect(said.ended).toMatchObject({ status: 'FINISHED', run_id, run_name: said.created.info.run_name })
    expect(said.found).toEqual([run_id])
    expect(said.history).toEqual([0, 1, 2, 3, 4].map((step) => [step, 1 / (step + 1)]))
    const { data, inputs, outputs } = said.run
    expect(data.params).toEqual([
      { key: 'criterion', value: 'gini' },
      { key: 'depth', value: '3' },
    ])
    const metrics = data.metrics.map(({ key, value }: { key: string; value: unknown }) => [key, value])
    expect(metrics).toEqual([
      ['accuracy', 0.75],
      ['diverged', 'NaN'],
      ['loss', 0.2],
    ])
    expect(data.tags).toContainEqual({ key: 'mlflow.note.content', value: 'first try' })
    expect(inputs.dataset_inputs[0].dataset.name).toBe('iris')
    expect(outputs.model_outputs).toEqual([{ model_id: said.finalized.model.info.model_id, step: 0 }])
  })
})
