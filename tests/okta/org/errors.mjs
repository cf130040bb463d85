// Okta's refusals. Only the code is contract; the words follow Okta's manner.

const HTTP = {
  E0000001: 400, E0000003: 400, E0000004: 401, E0000006: 403, E0000007: 404, E0000009: 500, E0000011: 401,
  E0000015: 401, E0000022: 405, E0000047: 429, E0000086: 403, E0000096: 409, E0000148: 403,
  E0000174: 403, E0000219: 403, E0000239: 423, E0000245: 400, E0000250: 403, E0000251: 403,
}
const SUMMARY = {
  E0000003: 'The request body was not well-formed.',
  E0000006: 'You do not have permission to perform the requested action',
  E0000009: 'Internal Server Error',
  E0000011: 'Invalid token provided',
  E0000015: 'You do not have permission to access the feature you are requesting',
  E0000022: 'The endpoint does not support the provided HTTP method',
  E0000047: 'API call exceeded rate limit due to too many requests.',
  E0000086: 'The policy could not be activated.',
  E0000239: 'Policy priorities are being reconciled. Please try again later.',
  E0000245: 'A knowledge factor cannot come first in the authentication method chain of this org.',
}

export class Refusal extends Error {
  constructor(code, summary, causes = []) {
    super(summary ?? SUMMARY[code] ?? code)
    this.code = code
    this.status = HTTP[code]
    this.causes = causes
  }
  body(id) {
    return { errorCode: this.code, errorSummary: this.message, errorLink: this.code, errorId: id,
      errorCauses: this.causes.map((errorSummary) => ({ errorSummary })) }
  }
}

export const invalid = (field, ...causes) =>
  new Refusal('E0000001', `Api validation failed: ${field}`, causes.length ? causes : [`${field}: is invalid.`])
export const malformed = () => new Refusal('E0000003')
export const missing = (what, id) => new Refusal('E0000007', `Not found: Resource not found: ${id} (${what})`)
export const forbidden = () => new Refusal('E0000006')
