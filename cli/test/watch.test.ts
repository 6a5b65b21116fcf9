/** `flight build --watch` as a process: it builds what is edited, outlives faults, and stops when it is told to. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { FILES, FLIGHT, flight, NOW, openRoot } from './small-root.ts'

const WAIT_MS = 60_000
const CAMPAIGN = 'campaigns/acme/campaign.yaml'

/** Resolves with what matches on stderr from here on. */
function watcherOf(root: string, signal: NodeJS.Signals) {
  const child = spawn(process.execPath, [FLIGHT, 'build', '--watch', '--now', NOW, '--out', 'channel'], { cwd: root })
  let text = ''
  child.stderr.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  child.stdout.resume()
  const exit = once(child, 'exit')
  return {
    async says(pattern: RegExp): Promise<void> {
      for (const deadline = Date.now() + WAIT_MS; !pattern.test(text); await new Promise(ok => setTimeout(ok, 20)))
        if (Date.now() > deadline || child.exitCode !== null) assert.fail(`no ${pattern} in:\n${text}`)
      text = ''
    },
    async stop(): Promise<void> {
      child.kill(signal)
      assert.deepEqual(await exit, [0, null])
    },
    kill: () => child.kill('SIGKILL'),
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`build --watch: edits, faults, new folders; each release is that of a build afresh; ends at ${signal}`, async t => {
    const root = openRoot(FILES)
    t.after(() => rmSync(root, { recursive: true }))
    const watcher = watcherOf(root, signal)
    t.after(watcher.kill)
    const isThatOfABuild = () => {
      const current = readFileSync(`${root}/channel/current`, 'utf8')
      const { code, stderr } = flight(root, ['build', '--now', NOW, '--out', 'afresh'])
      assert.equal(code, 0, stderr)
      assert.equal(current, readFileSync(`${root}/afresh/current`, 'utf8'))
    }
    await watcher.says(/^built in .* waiting/m)
    isThatOfABuild()
    const text = FILES[CAMPAIGN] ?? ''
    writeFileSync(`${root}/${CAMPAIGN}`, text.replace('8.50', '7.25'))
    await watcher.says(/^built in/m)
    isThatOfABuild()
    const builds = () => readdirSync(`${root}/channel`).length
    const before = builds()
    writeFileSync(`${root}/${CAMPAIGN}`, text.replace('cpm: 8.50', 'cmp: 8.50'))
    await watcher.says(/^no release in .*1 error/m)
    assert.equal(builds(), before)
    writeFileSync(`${root}/${CAMPAIGN}`, text.replace('8.50', '6'))
    await watcher.says(/^built in/m)
    mkdirSync(`${root}/campaigns/new/deep`, { recursive: true })
    await new Promise(ok => setTimeout(ok, 300)) // the folder is seen; then a file in it must be too
    writeFileSync(
      `${root}/campaigns/new/deep/own.yaml`,
      'line_item: own\ncampaign: spring\nbid: {cpm: 3}\ncreatives: {acme-300x250: 1}\n',
    )
    await watcher.says(/^built in/m)
    isThatOfABuild()
    rmSync(`${root}/campaigns/new`, { recursive: true })
    mkdirSync(`${root}/campaigns/new/deep`, { recursive: true })
    await watcher.says(/^built in/m)
    writeFileSync(`${root}/campaigns/new/deep/late.yaml`, 'audience: late\nfrom: {segments: ["1"]}\n')
    await watcher.says(/^(built|nothing changed) in/m)
    await watcher.stop()
  })

test('build --watch: what is wrong with the command line ends it', () => {
  const root = openRoot(FILES)
  try {
    const { code, stderr } = flight(root, ['build', '--watch'])
    assert.equal(code, 64)
    assert.match(stderr, /pass --now/)
  } finally {
    rmSync(root, { recursive: true })
  }
})
