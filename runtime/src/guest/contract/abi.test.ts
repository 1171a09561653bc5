import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ScriptedHost } from '../../../test/scripted-host.ts'
import { abiExports, abiImports, formatSignature, type AbiFunction } from './abi.ts'
import { GuestContext } from '../imports/guest-context.ts'
import { createHostImports } from '../imports/host-imports.ts'
import { Pulse } from './pulse.ts'

test('the import object has exactly the functions of the table', () => {
  const imports = createHostImports(new GuestContext(new ScriptedHost()), new Pulse(), [])
  const provided = Object.entries(imports).flatMap(([module, functions]) =>
    Object.keys(functions).map((name) => `${module}.${name}`),
  )
  expect(provided.toSorted()).toEqual(abiImports.map(({ module, name }) => `${module}.${name}`).toSorted())
})

// Tables are padded for readability; here one space is enough.
const page = readFileSync(new URL('../../../../docs/abi.md', import.meta.url), 'utf8').replaceAll(/ +/g, ' ')

test.each([
  ...abiImports.map((entry) => [entry.name, entry] as const),
  ...Object.entries(abiExports).map(([name, entry]) => [name, entry] as const),
])('the ABI page has a row for %s with its type', (name, entry: AbiFunction) => {
  const parameters = entry.parameters.map((parameter) => parameter.type)
  const signature = formatSignature(parameters, entry.result === null ? [] : [entry.result])
  const row = page.split('\n').find((line) => line.startsWith(`| \`${name}(`))
  expect(row).toBeDefined()
  expect(row).toContain(`| \`${signature}\` |`)
  expect(row).toContain(`\`${name}(${entry.parameters.map((parameter) => parameter.name).join(', ')})\``)
})

test('the ABI page has the size limit of every Region', () => {
  for (const { name, parameters } of abiImports) {
    for (const parameter of parameters) {
      if (parameter.regionBytesMax === undefined) continue
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` \`${parameter.name}\``))
      expect(row).toContain(`| ${parameter.regionBytesMax.toLocaleString('en')} bytes |`)
    }
  }
})
