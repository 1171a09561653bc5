import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resolveRuntimeAccess } from './runtime-access.ts'

test('without flags and variables it is the runtime of this machine, without a token', () => {
  const access = { url: 'ws://127.0.0.1:2077', token: null }
  expect(resolveRuntimeAccess({}, {})).toEqual(access)
  expect(resolveRuntimeAccess({}, { SLUNG_URL: '', SLUNG_TOKEN: '' })).toEqual(access)
})

test('flags win over variables', async () => {
  const environment = { SLUNG_URL: 'ws://there:1', SLUNG_TOKEN: 'from-environment' }
  expect(resolveRuntimeAccess({}, environment)).toEqual({ url: 'ws://there:1', token: 'from-environment' })
  const folder = await mkdtemp(join(tmpdir(), 'slung-access-'))
  try {
    const tokenFile = join(folder, 'token')
    await writeFile(tokenFile, 'from-file\n')
    expect(resolveRuntimeAccess({ url: 'here', tokenFile }, environment)).toEqual({ url: 'here', token: 'from-file' })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a token that no client can send is refused before anything is opened', () => {
  expect(() => resolveRuntimeAccess({}, { SLUNG_TOKEN: 'two words' })).toThrow(/^the token has a space/)
})
