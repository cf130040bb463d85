// Addresses as numbers: {family, value}; ranges as {family, first, last}.

const part4 = (text) => {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return null
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n)
}
const part6 = (text) => {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (tail) {
    const low = part4(tail[2])
    if (low === null) return null
    text = `${tail[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`
  }
  const halves = text.split('::')
  if (halves.length > 2) return null
  const words = (half) => (half === '' ? [] : half.split(':'))
  const [head, rest] = [words(halves[0]), words(halves[1] ?? '')]
  const gap = 8 - head.length - rest.length
  if (halves.length === 2 ? gap < 1 : gap !== 0) return null
  const all = [...head, ...Array(halves.length === 2 ? gap : 0).fill('0'), ...rest]
  if (all.some((word) => !/^[0-9a-fA-F]{1,4}$/.test(word))) return null
  return all.reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n)
}

export const address = (text) => {
  const four = part4(text)
  if (four !== null) return { family: 4, value: four }
  const six = part6(text)
  if (six === null) return null
  return six >> 32n === 0xffffn ? { family: 4, value: six & 0xffffffffn } : { family: 6, value: six }
}

// What a zone's entry covers; null when it is none. Host bits may be set.
export const entry = ({ type, value }) => {
  if (type === 'CIDR') {
    const [base, length, more] = value.split('/')
    const from = base && address(base)
    if (!from || more !== undefined || !/^\d{1,3}$/.test(length ?? '')) return null
    const bits = from.family === 4 ? 32 : 128
    if (Number(length) > bits) return null
    const size = 1n << BigInt(bits - Number(length))
    const first = (from.value / size) * size
    return { family: from.family, first, last: first + size - 1n }
  }
  const ends = value.split('-').map((end) => address(end.trim()))
  if (ends.length > 2 || ends.some((end) => !end)) return null
  const [first, last] = [ends[0], ends[1] ?? ends[0]]
  if (first.family !== last.family || first.value > last.value) return null
  return { family: first.family, first: first.value, last: last.value }
}

export const holds = (entries, where) => entries.some((one) => {
  const range = entry(one)
  return range.family === where.family && range.first <= where.value && where.value <= range.last
})
