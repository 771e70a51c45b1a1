import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

type Der = Uint8Array

/** A TLS certificate for 127.0.0.1, signed by its own P-256 key, good for a day. PEM texts. */
export function selfSignedCertificate (): { cert: string, key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))
  const name = sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from('127.0.0.1')))))
  // the address as subject alternative name, and the right to be its own authority
  const extensions = sequence(
    sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(der(0x87, Uint8Array.of(127, 0, 0, 1))))),
    sequence(oid(0x55, 0x1d, 0x13), der(0x01, Uint8Array.of(0xff)), der(0x04, sequence(der(0x01, Uint8Array.of(0xff)))))
  )
  const body = sequence(
    der(0xa0, der(0x02, Uint8Array.of(2))),
    der(0x02, Uint8Array.of(1, ...randomBytes(8))),
    ecdsaWithSha256,
    name,
    sequence(time(-86_400_000), time(86_400_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions)
  )
  const signature = der(0x03, Uint8Array.of(0, ...sign('sha256', body, privateKey)))
  return {
    cert: pem('CERTIFICATE', sequence(body, ecdsaWithSha256, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  }
}

function der (tag: number, ...parts: Der[]): Der {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Uint8Array.of(tag, ...size), content])
}

function sequence (...parts: Der[]): Der {
  return der(0x30, ...parts)
}

function oid (...bytes: number[]): Der {
  return der(0x06, Uint8Array.from(bytes))
}

function time (offsetMs: number): Der {
  const text = new Date(Date.now() + offsetMs).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return der(0x17, Buffer.from(text.slice(2)))
}

function pem (label: string, bytes: Der): string {
  const lines = Buffer.from(bytes).toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
