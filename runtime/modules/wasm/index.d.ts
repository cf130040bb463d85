export type Effect = 'deny' | 'allow' | 'authenticate'

export interface Request {
  /** "203.0.113.9" or "2001:db8::1" */
  ip?: string
  device?: string
  app?: string
  entry?: string
  risk?: 'low' | 'medium' | 'high'
  managed?: boolean
  compliant?: boolean
}

export interface Identity {
  groups?: readonly string[]
  /** false: there may be more groups than are listed */
  groupsComplete?: boolean
  user?: string
}

export interface Decision {
  effect: Effect
  reason: null | 'groups incomplete' | 'bad request'
  policy: string | null
  rule: string | null
  /** a number for chain() and progress() */
  chain: number | null
  message: string | null
  reauthSeconds: number | null
  report: string[]
}

export interface Person {
  decide(request: Request): Decision
}

export interface Policy {
  readonly generation: number
  bind(identity: Identity): Person
  /** alternatives of steps of methods, any of which will do */
  chain(chain: number): string[][][]
  progress(
    chain: number,
    so_far: { passed?: readonly string[]; failed?: readonly string[] }
  ): { state: 'done' | 'failed' | 'next'; methods: string[] }
}

export interface Woapol {
  open(image: ArrayBuffer | ArrayBufferView): Policy
}

export class WoapolError extends Error {
  readonly status: number
  readonly offset: number
}

/** Compiles woapol.wasm; `source` is its bytes or a compiled module. */
export function load(source: BufferSource | WebAssembly.Module): Promise<Woapol>
