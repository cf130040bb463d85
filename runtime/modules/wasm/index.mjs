// woapol in WebAssembly: see README.md and index.d.ts.
const DEVICE = 0, APP = 1, ENTRY = 4, METHOD = 6, POLICY = 7, RULE = 8, MESSAGE = 9
// Where the module's desk (exports.c) has what, in bytes.
const REQUEST = 0, DECISION = 32, IDENTITY = 64, FOUND = 92, FAULT = 96, PRINCIPAL = 100, LIST = 104
const LIST_MAX = 192
const NONE = 0xffffffff
const PAGE = 65536
const effects = ['deny', 'allow', 'authenticate']
const reasons = [null, 'groups incomplete', 'bad request']
const risks = { low: 0, medium: 1, high: 2 }
const states = ['done', 'failed', 'next']
const faults = [
  '',
  'the image is shorter or longer than it says',
  'this is not a woapol image',
  'the image is of a version that this library does not know',
  'the image is damaged: its checksum is wrong',
  'a table of the image is not as it must be'
]
const encoder = new TextEncoder()
const decoder = new TextDecoder()

export class WoapolError extends Error {
  constructor(message, status, offset) {
    super(message)
    this.name = 'WoapolError'
    this.status = status
    this.offset = offset
  }
}

function bytesOf(source) {
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
  throw new TypeError('an image is an ArrayBuffer or a view of one')
}

const up = (number, multiple) => Math.ceil(number / multiple) * multiple

// The memory of one policy: the image, a principal, then what a call hands over.
class Room {
  constructor(wasm) {
    this.wasm = wasm
    this.desk = wasm.desk.value
    this.end = up(wasm.__heap_base.value, 64)
  }
  // Memory may move to another buffer when it grows, so it is looked up each time.
  get bytes() {
    return new Uint8Array(this.wasm.memory.buffer)
  }
  get words() {
    return new Uint32Array(this.wasm.memory.buffer)
  }
  // Words of the desk.
  desked(offset, count) {
    return new Uint32Array(this.wasm.memory.buffer, this.desk + offset, count)
  }
  ensure(end) {
    const missing = end - this.wasm.memory.buffer.byteLength
    if (missing > 0) this.wasm.memory.grow(Math.ceil(missing / PAGE))
  }
  keep(size) {
    const at = this.end
    this.end = up(at + size, 64)
    this.ensure(this.end)
    return at
  }
  text(at) {
    if (at === 0) return null
    at >>>= 0
    return decoder.decode(this.bytes.subarray(at, at + this.desked(FOUND, 1)[0]))
  }
  // Puts texts behind everything kept, first a table of addresses and lengths.
  hand(texts) {
    const encoded = texts.map(text => encoder.encode(String(text)))
    const table = this.end
    let at = table + 8 * encoded.length
    this.ensure(encoded.reduce((end, text) => end + text.length, at) + 8)
    const { bytes, words } = this
    const places = encoded.map((text, i) => {
      bytes.set(text, at)
      words[table / 4 + 2 * i] = at
      words[table / 4 + 2 * i + 1] = text.length
      at += text.length
      return [at - text.length, text.length]
    })
    return { table, places }
  }
}

class Person {
  #policy
  #identity
  constructor(policy, identity) {
    this.#policy = policy
    this.#identity = identity
  }
  decide(request) {
    return this.#policy.decideFor(this.#identity, request)
  }
}

class Policy {
  #room
  #wasm
  #principal
  #generation
  #bound = null

  constructor(wasm, image) {
    this.#wasm = wasm
    this.#room = new Room(wasm)
    const at = this.#room.keep(image.length)
    this.#room.bytes.set(image, at)
    const status = wasm.open(at, image.length)
    if (status !== 0) throw new WoapolError(faults[status], status, this.#room.desked(FAULT, 1)[0])
    this.#principal = this.#room.keep(this.#room.desked(PRINCIPAL, 1)[0])
    this.#generation = Number(new DataView(wasm.memory.buffer).getBigUint64(at + 40, true))
  }

  get generation() {
    return this.#generation
  }

  bind(identity = {}) {
    const groups = [...(identity.groups ?? [])].map(String)
    return new Person(this, { groups, user: identity.user, complete: identity.groupsComplete !== false })
  }

  #bind(identity) {
    if (this.#bound === identity) return
    this.#bound = null
    const named = identity.user !== undefined && identity.user !== null
    const { table, places } = this.#room.hand(named ? [...identity.groups, identity.user] : identity.groups)
    const [user, length] = named ? places[places.length - 1] : [0, 0]
    // struct woapol_identity: groups by name, none by number, the user, whether there may be more.
    this.#room.desked(IDENTITY, 7).set([table, identity.groups.length, 0, 0, user, length, identity.complete ? 0 : 1])
    const done = this.#wasm.bind(this.#principal)
    if (!done) throw new WoapolError('the person cannot be bound', 8, 0)
    this.#bound = identity
  }

  #find(kind, name) {
    if (name === undefined || name === null) return 0
    const [[at, length]] = this.#room.hand([name]).places
    return this.#wasm.find(kind, at, length) >>> 0
  }

  #name(kind, number) {
    return number >>> 0 === NONE ? null : this.#room.text(this.#wasm.name(kind, number))
  }

  decideFor(identity, request = {}) {
    const wasm = this.#wasm
    const risk = request.risk ?? 'high'
    if (!Object.hasOwn(risks, risk)) throw new TypeError(`'${risk}' is not a risk: low, medium or high`)
    this.#bind(identity)
    // struct woapol_request: the address, whose family is 0 when it is absent, flags, numbers.
    const flags = risks[risk] * 0x100 + (request.managed === true) * 0x10000 + (request.compliant === true) * 0x1000000
    const numbers = [this.#find(ENTRY, request.entry), this.#find(DEVICE, request.device), this.#find(APP, request.app)]
    this.#room.desked(REQUEST, 8).set([0, 0, 0, 0, flags, ...numbers])
    if (request.ip !== undefined && request.ip !== null) {
      const [[at, length]] = this.#room.hand([request.ip]).places
      if (!wasm.set_address(at, length)) throw new TypeError(`'${request.ip}' is not an address`)
    }
    wasm.decide(this.#principal)
    // struct woapol_decision
    const [effect, reason, policy, rule, chain, message, low, high] = this.#room.desked(DECISION, 8)
    return {
      effect: effects[effect],
      reason: reasons[reason],
      policy: this.#name(POLICY, policy),
      rule: this.#name(RULE, rule),
      chain: chain === NONE ? null : chain,
      message: this.#name(MESSAGE, message),
      reauthSeconds: high === NONE ? null : low + high * 0x100000000,
      report: this.#list(wasm.reports(this.#principal), RULE)
    }
  }

  #list(count, kind) {
    return Array.from(this.#room.desked(LIST, Math.min(count >>> 0, LIST_MAX)), number => this.#name(kind, number))
  }

  chain(number) {
    const alternatives = []
    for (let from = 0; ;) {
      const found = [...this.#room.desked(LIST, this.#wasm.walk(number, from))]
      for (let i = 0; i < found.length; i += 3) {
        const steps = (alternatives[found[i]] ??= [])
        ;(steps[found[i + 1]] ??= []).push(this.#name(METHOD, found[i + 2]))
      }
      from += found.length / 3
      if (found.length < LIST_MAX) return alternatives
    }
  }

  progress(number, { passed = [], failed = [] } = {}) {
    const numbers = list => [...list].map(name => this.#find(METHOD, name)).filter(found => found !== 0)
    const [first, second] = [numbers(passed), numbers(failed)]
    const at = this.#room.end
    this.#room.ensure(at + 4 * (first.length + second.length) + 4)
    this.#room.words.set([...first, ...second], at / 4)
    const answer = this.#wasm.progress(number, at, first.length, at + 4 * first.length, second.length) >>> 0
    return { state: states[answer >>> 16], methods: this.#list(answer & 0xffff, METHOD) }
  }
}

export async function load(source) {
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source)
  return {
    open(image) {
      const instance = new WebAssembly.Instance(module)
      return new Policy(instance.exports, bytesOf(image))
    }
  }
}
