import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchTimeline } from './match-timeline.ts'

const time = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`
const hook = 'https://hooks.example.com/alerts'

function matches(approved: string, came: string): boolean {
  return matchTimeline(`${approved}\ndrained`, [came, 'drained']).matches
}

function merge(approved: readonly string[], came: readonly string[]): readonly string[] {
  const { merged } = matchTimeline(approved.join('\n'), came)
  expect(matchTimeline(merged.join('\n'), came)).toMatchObject({ matches: true, merged })
  return merged
}

const posted = `${time(5)}  POST ${hook} {"level":"high","value":100.4,"tags":["a"],"more":{"x":null}} → 200`
const written = `${time(5)}  EVENT temp{sensor=1} = 41.2 (timestamp ${time(1)})`

test.each([
  [`<any>  POST ${hook} {"level":<string>,"value":<100 ±0.5>,"tags":<any>,"more":{"x":<any>}} → <number>`, posted],
  [`${time(5)}  POST <any> <any> → <any>`, posted],
  [
    `${time(5)}  POST </hooks\\.example/> {"level":"</^hi/>","value":"<number>","tags":["<string>"],"more":<any>} → </2../>`,
    posted,
  ],
  [`${time(5)}  <any> ${hook} { "more": {"x":null}, "tags": ["a"], "value": 100.4, "level": "high" } → 200`, posted],
  [`</^2026-01-01T/>  EVENT <any> = <41 +-1> (timestamp <any>)`, written],
  [`${time(5)}  EVENT <string> = <number> (timestamp </Z$/>)`, written],
  [`${time(1)}  POST ${hook} → <any>`, `${time(1)}  POST ${hook} → no response`],
  [`${time(1)}  POST ${hook} → </no|200/>`, `${time(1)}  POST ${hook} → no response`],
  [`${time(1)}  WS </a b/> </time: \\d+ ms, <b>/>`, `${time(1)}  WS "a b" "time: 12 ms, <b>"`],
  [`${time(1)}  WS "</^\\u003cany>$/>" "\\u003cany>"`, `${time(1)}  WS "\\u003cany>" "\\u003cany>"`],
])('%s matches %s', (approved, came) => {
  expect(matches(approved, came)).toBe(true)
})

test.each([
  [`${time(5)}  POST ${hook} {"level":<number>,"value":100.4,"tags":["a"],"more":{"x":null}} → 200`, posted],
  [`${time(5)}  POST ${hook} {"level":"high","value":<101 ±0.5>,"tags":["a"],"more":{"x":null}} → 200`, posted],
  [`${time(5)}  POST ${hook} {"level":<any>,"value":<any>,"tags":<any>} → 200`, posted],
  [`${time(5)}  POST ${hook} {"level":"high","value":100.4,"tags":[],"more":{"x":null}} → 200`, posted],
  [`${time(5)}  POST ${hook} <string> → 200`, posted],
  [`<number>  EVENT temp{sensor=1} = 41.2 (timestamp ${time(1)})`, written],
  [`<any>  EVENT <any> = <any>`, written],
  [`<any>  <any> edge-a "x"`, `${time(1)}  WS edge-a "x"`],
  [`${time(1)}  WS edge-a {"a":<any>`, `${time(1)}  WS edge-a {"a":1}`],
  [`${time(1)}  WS edge-a "a <any>"`, `${time(1)}  WS edge-a "a 1"`],
])('%s does not match %s', (approved, came) => {
  expect(matches(approved, came)).toBe(false)
})

test('the end of a run may have a placeholder', () => {
  expect(matchTimeline('returned <number>', ['returned 3']).matches).toBe(true)
  expect(matchTimeline('trapped: </at index \\d+/>', ['trapped: no element at index 7']).matches).toBe(true)
  expect(matchTimeline('trapped: <any>', ['trapped: "two\\nlines"']).matches).toBe(true)
  expect(matchTimeline('returned <any>', ['drained']).matches).toBe(false)
  expect(merge(['trapped: <any>'], ['returned 1'])).toEqual(['returned 1'])
})

test('a mistyped placeholder is reported with its line', () => {
  expect(() => matchTimeline(`\n${posted}\n${time(6)}  WS edge-a <nubmer>\n`, [])).toThrow(
    'line 2 of the approved timeline: cannot read the placeholder "<nubmer>": did you mean <number>?',
  )
})

test('updating keeps placeholders and writes the literals that changed', () => {
  expect(
    merge(
      [
        `<any>  POST ${hook} {"id":<number>,"level":"high","at":[<any>,2]} → 200`,
        `${time(1)}  WS   edge-a "</left as it was/>"`,
        `${time(2)}  EVENT temp = <41.2 ±0.05>`,
        `${time(3)}  EVENT temp = "<41.2+-0.05>" (timestamp <any>)`,
        'drained',
      ],
      [
        `${time(0)}  POST ${hook} {"id":7,"new":true,"level":"low","at":[1,3,4]} → 503`,
        `${time(1)}  WS edge-a "left as it was"`,
        `${time(2)}  EVENT temp = 50.5`,
        `${time(4)}  EVENT temp = 41.22 (timestamp ${time(1)})`,
        'returned 0',
      ],
    ),
  ).toEqual([
    `<any>  POST ${hook} {"id":<number>,"new":true,"level":"low","at":[<any>,3,4]} → 503`,
    `${time(1)}  WS   edge-a "</left as it was/>"`,
    `${time(2)}  EVENT temp = <50.5 ±0.05>`,
    `${time(4)}  EVENT temp = "<41.2+-0.05>" (timestamp <any>)`,
    'returned 0',
  ])
})

test('a placeholder that no longer matches is replaced', () => {
  expect(merge([`${time(1)}  WS edge-a {"a":<number>,"b":<any>}`], [`${time(1)}  WS edge-a {"a":"x","b":1}`])).toEqual([
    `${time(1)}  WS edge-a {"a":"x","b":<any>}`,
  ])
})

test('an added or removed body costs no placeholder beside it', () => {
  const [without, withBody] = [`<any>  POST ${hook} → <200 ±0>`, `<any>  POST ${hook} <any> → <200 ±0>`]
  expect(merge([without], [`${time(1)}  POST ${hook} "x" → 200`])).toEqual([`<any>  POST ${hook} "x" → <200 ±0>`])
  expect(merge([withBody], [`${time(1)}  POST ${hook} → 200`])).toEqual([without])
})

test('an inserted line costs no placeholder of the others, however long the timeline', () => {
  const count = 3000
  const came = Array.from(
    { length: count },
    (_, index) => `${time(0)}  WS edge-a {"index":${index},"value":${index / 7}}`,
  )
  const approved = came.map((line, index) => line.replace(/"value":[^}]*/, `"value":<${index / 7} ±0.1>`))
  const more = came.toSpliced(1, 0, `${time(0)}  WS edge-a "first"`).toSpliced(-1, 1, `${time(0)}  WS edge-a "last"`)

  expect(merge(approved, more)).toEqual(
    approved.toSpliced(1, 0, `${time(0)}  WS edge-a "first"`).toSpliced(-1, 1, `${time(0)}  WS edge-a "last"`),
  )
})

test('lines that all moved in time keep their placeholders, even with a new one among them', () => {
  const approved = ['a', 'b', 'c'].map((id, index) => `${time(index)}  POST ${hook} {"id":"${id}","value":<any>} → 200`)
  const came = ['a', 'x', 'b', 'c'].map(
    (id, index) => `${time(index + 9)}  POST ${hook} {"id":"${id}","value":1} → 200`,
  )

  expect(merge(approved, came)).toEqual(came.map((line, index) => (index === 1 ? line : line.replace('1}', '<any>}'))))
})

/** A line, and the same line with placeholders. */
const line = fc
  .record({
    second: fc.integer({ min: 0, max: 3 }),
    value: fc.integer({ min: 0, max: 3 }),
    shape: fc.integer({ min: 0, max: 3 }),
    punched: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    wide: fc.constantFrom('<any>', '"<any>"'),
  })
  .map(({ second, value, shape, punched, wide }) => {
    const build = ([at, name, content, own]: readonly string[]): string =>
      [
        `${at}  WS ${name} "text ${value}"`,
        `${at}  POST https://x.example/${value} {"value":${content},"list":[1,{"name":${own}}]} → 200`,
        `${at}  POST https://x.example/${value} → ${content}`,
        `${at}  EVENT ${name} = ${content} (timestamp ${own})`,
      ][shape]!
    const literals = [time(second), `name-${value}`, String(value), shape === 1 ? '"n"' : time(value)]
    const placeholders = ['<any>', '</^name/>', `<${value} ±0.5>`, shape === 1 ? wide : '<string>']
    return {
      came: build(literals),
      approved: build(literals.map((literal, index) => (punched[index] === true ? placeholders[index]! : literal))),
    }
  })
const lines = fc.array(line, { maxLength: 8 })

test('an approved timeline with placeholders that match stays as it is', () => {
  fc.assert(
    fc.property(lines, (all) => {
      const approved = all.map((one) => one.approved)
      const came = all.map((one) => one.came)
      expect(matchTimeline(approved.join('\n'), came)).toMatchObject({ matches: true, merged: approved })
    }),
  )
})

test('the timeline that came matches the updated one, and updating again changes nothing', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const came = after.map((one) => one.came)
      expect(
        merge(
          before.map((one) => one.approved),
          came,
        ),
      ).toHaveLength(came.length)
    }),
  )
})

test('inserted lines leave the others as they are', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(line, fc.boolean())), (all) => {
      // Distinct, because a placeholder may rightly be taken for that of an equal line.
      const marked = all.map(([{ approved, came }, isNew], index) => {
        const mark = ` "mark ${index}"`
        return { approved: approved + mark, came: came + mark, isNew }
      })
      const approved = marked.filter(({ isNew }) => !isNew).map((one) => one.approved)
      const merged = merge(
        approved,
        marked.map(({ came }) => came),
      )
      expect(merged).toEqual(marked.map((one) => (one.isNew ? one.came : one.approved)))
    }),
  )
})
