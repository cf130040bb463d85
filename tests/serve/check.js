// Asks an ext_authz service as Envoy does, with the protos that Envoy publishes:
//   check.js MODULES ADDRESS MILLISECONDS < requests
// A request a line; prints the response, or the error, as JSON, a line each.
'use strict';
const path = require('path');
const readline = require('readline');
const [modules, address, patience] = process.argv.slice(2);
const find = (name) => require(require.resolve(name, { paths: [modules] }));
const grpc = find('@grpc/grpc-js');
const loader = find('@grpc/proto-loader');

const deps = path.join(modules, 'node_modules/@grpc/grpc-js-xds/deps');
const protos = loader.loadSync(['envoy/service/auth/v3/external_auth.proto'], {
    keepCase: true, longs: Number, enums: String, defaults: false, oneofs: true,
    includeDirs: ['envoy-api', 'googleapis', 'protoc-gen-validate', 'xds'].map((d) => path.join(deps, d)),
});
const { Authorization } = grpc.loadPackageDefinition(protos).envoy.service.auth.v3;
const client = new Authorization(address, grpc.credentials.createInsecure());

const check = (request) => new Promise((resolve) => {
    client.Check(request, { deadline: Date.now() + Number(patience) }, (error, response) =>
        resolve(error ? { code: error.code, details: error.details } : response));
});

(async () => {
    for await (const line of readline.createInterface({ input: process.stdin }))
        console.log(JSON.stringify(await check(JSON.parse(line))));
    client.close();
})();
