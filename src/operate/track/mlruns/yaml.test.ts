import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../base/index.js'
import { parseYaml, yamlText } from './yaml.js'

const parsed = (text: string): unknown => JSON.parse(JSON.stringify(parseYaml(text, 'meta.yaml')))

describe('meta.yaml', () => {
  it('is read as MLflow writes it', () => {
    const text = `artifact_uri: file:///home/ada/mlruns/0/73ed/artifacts
end_time: 1672364273335
entry_point_name: ''
experiment_id: '606783375233873416'
lifecycle_stage: active
run_name: "caf\\xE9 \\u2028 x"
source_type: 4
status: 3
deleted_time: null
tags: []
user_id: it''s me
other: 'it''s'
empty:
none: ~
`
    expect(parsed(text)).toEqual({
      artifact_uri: 'file:///home/ada/mlruns/0/73ed/artifacts',
      end_time: '1672364273335',
      entry_point_name: '',
      experiment_id: '606783375233873416',
      lifecycle_stage: 'active',
      run_name: 'café \u2028 x',
      source_type: '4',
      status: '3',
      deleted_time: null,
      tags: [],
      user_id: "it''s me",
      other: "it's",
      empty: null,
      none: null,
    })
  })

  it('has long texts over several lines, plain and in quotes', () => {
    const text = `plain: a b
  c d

  e
schema: '{"mlflow_colspec": [{"type": "long", "name": "a", "required":
  true}, {"it": "''s"}]}'
note: "one two\\
  \\ three\\nfour
  five"
tags:
  mlflow.data.context: training
  'odd: name': x
aliases:
- champion
- 'no'
inner:
  - deeper
last: 1
`
    expect(parsed(text)).toEqual({
      plain: 'a b c d\ne',
      schema: '{"mlflow_colspec": [{"type": "long", "name": "a", "required": true}, {"it": "\'s"}]}',
      note: 'one two three\nfour five',
      tags: { 'mlflow.data.context': 'training', 'odd: name': 'x' },
      aliases: ['champion', 'no'],
      inner: ['deeper'],
      last: '1',
    })
  })

  it.each([
    ['a: &x 1', 'an anchor'],
    ['a: *x', 'a reference'],
    ['a: !!python/object:os.system x', 'a type'],
    ['a: |\n  x', 'a block'],
    ['a: [1, 2]', 'a list'],
    ['a:\n- b: 1', 'a list of records'],
    ['a:\n- - 1', 'a list of lists'],
    ['a:\n-\n-', 'a list of nothing'],
    ['a:\n- []', 'a list of lists'],
    ['- 1', 'a list alone'],
    ['a: {b: c}', 'a record in braces'],
    ['a: 1\na: 2', 'a name twice'],
    ["a: 'open", 'an open quote'],
    ['a: "\\q"', 'an unknown escape'],
    ['a: "\\UFFFFFFFF"', 'no character'],
    ['no colon', 'no name'],
    ['a: 1\n  b: 2\n c: 3', 'crooked indentation'],
    ['a:\n  b:\n    c: 1', 'a record in a record'],
    ['  a: 1', 'indentation at the start'],
    ['\0', 'bytes'],
    ['a:\n\tb: 1', 'a tab'],
  ])('%j is refused: it has %s', (text) => {
    expect(() => parseYaml(text, 'meta.yaml')).toThrow(FormatError)
  })

  it('of nothing is nothing', () => {
    for (const text of ['', '\n', '# x\n', '---\n', '\uFEFF']) expect(parsed(text)).toEqual({})
  })

  it('comes back as it was written, whatever the texts', () => {
    const name = fc.stringMatching(/^[a-z_][a-z_.]{0,12}$/)
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string(),
      fc.constantFrom(
        'null',
        'true',
        '1',
        '1e3',
        '',
        ' ',
        ' x ',
        'a: b',
        '- x',
        '#',
        "'",
        '"',
        '\\',
        'a\nb',
        'y',
        '2024-01-01',
        '{}',
        '[]',
        'a:',
        '\u2028',
        '~',
      ),
    )
    const value = fc.oneof(
      text,
      fc.integer(),
      fc.constant(null),
      fc.constant([] as []),
      fc.dictionary(name, text, { noNullPrototype: true }),
    )
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (record) => {
        const expected = JSON.parse(JSON.stringify(record), (_, inner: unknown) =>
          typeof inner === 'number'
            ? String(inner)
            : typeof inner === 'string'
              ? inner.replaceAll(/\p{Surrogate}/gu, '\ufffd')
              : inner,
        )
        expect(parsed(yamlText(record))).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('never hangs or breaks on any text', () => {
    const piece = fc.constantFrom(
      'a: ',
      "'",
      '"',
      '\\',
      '\n',
      '  ',
      ': ',
      '- ',
      '#',
      '{}',
      '[]',
      'x',
      '&',
      '\t',
      '\0',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          parseYaml(pieces.join(''), 'x')
        } catch (error) {
          expect(error).toSatisfy(FormatError.is)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
