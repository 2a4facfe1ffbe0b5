#ifndef BLIND_SIGNING_H
#define BLIND_SIGNING_H

#include <stddef.h>
#include <stdint.h>

/* An RSA private key of OpenSSL, to be used by any number of threads. */
typedef struct blind_signing_key blind_signing_key;

/* From PKCS #1 DER; NULL if it is no RSA key. To be let go of with blind_signing_key_free. */
blind_signing_key *blind_signing_key_new(const uint8_t *der, size_t length);
void blind_signing_key_free(blind_signing_key *key);

/* RSASP1 [RFC 8017, 5.2.1] over `size` bytes, which are as many as the modulus has, and the check of RFC 9474, 4.3: raised to
   the public exponent, the signature must be the message again. 1 if so; otherwise `signature` is all zeros. */
int blind_signing_sign(const blind_signing_key *key, const uint8_t *message, uint8_t *signature, size_t size);

#endif
