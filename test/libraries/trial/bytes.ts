import type { Program } from './program.ts';

/** Cryptography, compression, formats of bytes, WebAssembly. */
export const bytes: readonly Program[] = [
  [
    '@noble/hashes',
    "import { blake3 } from '@noble/hashes/blake3.js'; import { scryptAsync } from '@noble/hashes/scrypt.js'; import { argon2id } from '@noble/hashes/argon2.js'; import { hmac } from '@noble/hashes/hmac.js'; import { sha512 } from '@noble/hashes/sha2.js'; import { bytesToHex, randomBytes } from '@noble/hashes/utils.js'; const k = new Uint8Array(4); value = [bytesToHex(blake3(k)), bytesToHex(await scryptAsync(k, k, { N: 256, r: 8, p: 1 })), bytesToHex(argon2id(k, new Uint8Array(8), { t: 1, m: 64, p: 1 })), bytesToHex(hmac(sha512, k, k)), randomBytes(5).length];",
    'passwords',
  ],
  [
    '@noble/curves',
    "import { secp256k1 } from '@noble/curves/secp256k1.js'; import { p256 } from '@noble/curves/nist.js'; const k = new Uint8Array(32).fill(7); value = [secp256k1.getPublicKey(k), p256.sign(new Uint8Array(32), k).length, secp256k1.verify(secp256k1.sign(k, k), k, secp256k1.getPublicKey(k))];",
    'other curves',
  ],
  [
    'crypto-js',
    "import CryptoJS from 'crypto-js'; value = [CryptoJS.SHA3('a').toString(), CryptoJS.HmacSHA256('a', 'k').toString(CryptoJS.enc.Base64), CryptoJS.PBKDF2('p', 's', { iterations: 5, keySize: 4 }).toString(), CryptoJS.AES.encrypt('x', CryptoJS.enc.Hex.parse('00'.repeat(16)), { mode: CryptoJS.mode.ECB }).toString()];",
    'hashes',
  ],
  [
    'tweetnacl',
    "import nacl from 'tweetnacl'; const k = new Uint8Array(32).fill(1); const n = new Uint8Array(24); const m = new Uint8Array([1, 2]); value = [nacl.secretbox(m, n, k), nacl.secretbox.open(nacl.secretbox(m, n, k), n, k), nacl.hash(m), nacl.box.keyPair.fromSecretKey(k).publicKey, nacl.randomBytes(7).length];",
    'boxes',
  ],
  [
    'bcryptjs',
    "import bcrypt from 'bcryptjs'; const h = bcrypt.hashSync('pä', 4); value = [bcrypt.compareSync('pä', h), bcrypt.compareSync('p', h), bcrypt.hashSync('p', '$2b$04$abcdefghijklmnopqrstuu')];",
    'synchronous',
  ],
  [
    'jose',
    "import * as jose from 'jose'; const rsa = await jose.generateKeyPair('RS256', { extractable: true }); const jwk = await jose.exportJWK(rsa.publicKey); const jwe = await new jose.CompactEncrypt(new TextEncoder().encode('x')).setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' }).encrypt(await jose.importJWK(jwk, 'RSA-OAEP-256')); const pem = await jose.exportSPKI(rsa.publicKey); value = [jwk.kty, jwe.split('.').length, pem.slice(0, 26), await jose.calculateJwkThumbprint({ kty: 'oct', k: 'AAAA' }), (await jose.jwtVerify(await new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg: 'RS256' }).setIssuer('i').sign(rsa.privateKey), jose.createLocalJWKSet({ keys: [{ ...jwk, alg: 'RS256' }] }), { issuer: 'i' })).payload];",
    'RSA, JWE, key sets',
  ],
  [
    'uuid',
    "import { v1, v3, v6, v7, parse, stringify, version } from 'uuid'; value = [version(v1()), v3('a', v3.DNS), version(v6()), version(v7()), stringify(parse('e1407479-3136-56c0-9908-bb02fb0339e2'))];",
    'all versions',
  ],
  [
    'nanoid',
    "import { customAlphabet } from 'nanoid'; import { nanoid } from 'nanoid/non-secure'; value = [customAlphabet('a', 5)(), nanoid(9).length];",
    'alphabets, not secure',
  ],
  [
    'hash-wasm',
    "import { md5, sha256, xxhash64, bcrypt, argon2id } from 'hash-wasm'; value = [await md5('ü'), await sha256(new Uint8Array(3)), await xxhash64('a'), await argon2id({ password: 'p', salt: new Uint8Array(8), parallelism: 1, iterations: 2, memorySize: 64, hashLength: 16 }), (await bcrypt({ password: 'p', salt: new Uint8Array(16), costFactor: 4 })).length];",
  ],
  [
    'fflate',
    "import { zipSync, unzipSync, gzipSync, gunzipSync, strToU8, strFromU8, deflate, Gunzip } from 'fflate'; const z = gzipSync(strToU8('ü'.repeat(50)), { mtime: 0 }); let s = ''; const g = new Gunzip((part) => { s += strFromU8(part); }); g.push(z, true); value = [z, s.length, strFromU8(unzipSync(zipSync({ 'a.txt': strToU8('x') }))['a.txt'])];",
  ],
  [
    'fflate',
    "import { gzip, gunzip, strToU8, strFromU8 } from 'fflate'; const z = await new Promise((done, fail) => gzip(strToU8('ü'), (e, d) => (e ? fail(e) : done(d)))); value = strFromU8(await new Promise((done, fail) => gunzip(z, (e, d) => (e ? fail(e) : done(d)))));",
    'functions that start a `Worker`',
  ],
  [
    'pako',
    "import { gzip, ungzip, deflate, inflate, inflateRaw, deflateRaw } from 'pako'; const t = new TextEncoder().encode('ü'.repeat(99)); value = [ungzip(gzip(t)), inflate(deflate(t)), inflateRaw(deflateRaw(t, { level: 9 }))];",
  ],
  [
    'protobufjs',
    "import protobuf from 'protobufjs'; const { root } = protobuf.parse('syntax = \"proto3\"; message A { string s = 1; repeated int32 n = 2; bytes b = 3; }'); const A = root.lookupType('A'); value = [[...A.encode(A.create({ s: 'ü', n: [1, 300], b: new Uint8Array([1]) })).finish()], A.toObject(A.decode(A.encode({ s: 'ü', n: [1] }).finish()))];",
  ],
  [
    'msgpackr',
    "import { pack, unpack, Packr } from 'msgpackr'; value = [[...pack({ a: [1, 'ü'] })], unpack(pack({ a: [1, 'ü', 2n ** 40n], d: new Date(0), m: new Map([[1, 2]]) })), new Packr({ structuredClone: true }).unpack(new Packr({ structuredClone: true }).pack([new Set([1]), new Uint16Array([7])]))];",
  ],
  [
    'cbor-x',
    "import { encode, decode } from 'cbor-x'; value = [[...encode({ a: [1, 'ü'] })], decode(encode({ a: [1, 'ü'], d: new Date(0), m: new Map([[1, 2]]), b: 2n ** 70n }))];",
  ],
  [
    'jszip',
    "import JSZip from 'jszip'; const zip = new JSZip(); zip.folder('f').file('a.txt', 'ä'.repeat(100)); const b = await zip.generateAsync({ type: 'arraybuffer', compression: 'DEFLATE', streamFiles: true }); const z = await JSZip.loadAsync(b); value = [Object.keys(z.files), (await z.file('f/a.txt').async('string')).length, (await z.file('f/a.txt').async('base64')).slice(0, 8)];",
    'folders',
  ],
  [
    'flatbuffers',
    "import { Builder, ByteBuffer } from 'flatbuffers'; const b = new Builder(1); const s = b.createString('ü'); b.startObject(1); b.addFieldOffset(0, s, 0); b.finish(b.endObject()); const bb = new ByteBuffer(b.asUint8Array()); const at = bb.readInt32(0); value = [bb.__string(at + bb.__offset(at, 4)), [...b.asUint8Array()]];",
    'reading',
  ],
  [
    'sql.js',
    "import initSqlJs from 'sql.js/dist/sql-asm.js'; const SQL = await initSqlJs(); const db = new SQL.Database(); db.run(\"create table t (a, b); insert into t values (1, 'ü'), (2, null)\"); value = [db.exec('select sum(a), max(b) from t'), db.export().length > 1000];",
    'asm.js',
    { memoryMb: 256 },
  ],
  [
    'sql.js',
    "import initSqlJs from 'sql.js'; import wasmBinary from 'sql.js/dist/sql-wasm.wasm'; const SQL = await initSqlJs({ wasmBinary }); const db = new SQL.Database(); db.run(\"create table t (a, b); insert into t values (1, 'ü'), (2, null)\"); value = [db.exec('select sum(a), max(b) from t'), db.export().length > 1000];",
    'WebAssembly',
    { memoryMb: 256 },
  ],
];
