// How Okta reads a body: known keys are checked, unknown ones vanish without a
// word. A reader takes a value and the field's path and gives what is kept;
// `undefined` is an absent field.
import { invalid, malformed } from './errors.mjs'

const absent = (value) => value === undefined || value === null

export const text = ({ most = 1000, match, needed = false } = {}) => (value, path) => {
  if (absent(value)) return undefined
  if (typeof value !== 'string') throw malformed()
  if (needed && value === '') throw invalid(path, `${path}: The field cannot be left blank`)
  if (value.length > most) throw invalid(path, `${path}: The field is too long`)
  if (/[\u{10000}-\u{10ffff}]/u.test(value)) throw invalid(path, `${path}: characters of four bytes are not taken`)
  if (match && !match.test(value)) throw invalid(path, `${path}: ${value} is not valid.`)
  return value
}
export const number = (least, most) => (value, path) => {
  if (absent(value)) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) throw malformed()
  if (value < least || value > most) throw invalid(path, `${path}: must be between ${least} and ${most}`)
  return value
}
export const flag = () => (value) => {
  if (absent(value)) return undefined
  if (typeof value !== 'boolean') throw malformed()
  return value
}
export const oneOf = (...words) => (value, path) => {
  if (absent(value)) return undefined
  if (typeof value !== 'string') throw malformed()
  if (!words.includes(value)) throw invalid(path, `${path}: Invalid value: ${value}`)
  return value
}
export const list = (item, { most = Infinity, least = 0 } = {}) => (value, path) => {
  if (absent(value)) return undefined
  if (!Array.isArray(value)) throw malformed()
  if (value.length > most) throw invalid(path, `${path}: at most ${most} are allowed`)
  if (value.length < least) throw invalid(path, `${path}: at least ${least} needed`)
  return value.map((entry, index) => item(entry, `${path}[${index}]`))
}
export const anything = () => (value) => (absent(value) ? undefined : structuredClone(value))

// `needed` names fields that must be there; `check` sees what is kept.
export const object = (fields, { needed = [], check } = {}) => {
  const read = (value, path) => {
    if (absent(value)) return undefined
    if (typeof value !== 'object' || Array.isArray(value)) throw malformed()
    const kept = {}
    for (const [key, reader] of Object.entries(typeof fields === 'function' ? fields(value) : fields)) {
      const field = reader(value[key], path ? `${path}.${key}` : key)
      if (field !== undefined) kept[key] = field
    }
    for (const key of needed)
      if (kept[key] === undefined) throw invalid(key, `${path ? `${path}.` : ''}${key}: The field cannot be left blank`)
    check?.(kept, path)
    return kept
  }
  return read
}

const DURATION = /^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?!$)(\d+H)?(\d+M)?(\d+S)?)?$/
export const duration = () => text({ match: DURATION })
// Seconds; months and years as Okta's own documents avoid them.
export const seconds = (value) => {
  const [, y, mo, w, d, , h, m, s] = DURATION.exec(value).map((part) => parseInt(part ?? '0', 10) || 0)
  return ((((y * 365 + mo * 30 + w * 7 + d) * 24 + h) * 60) + m) * 60 + s
}
