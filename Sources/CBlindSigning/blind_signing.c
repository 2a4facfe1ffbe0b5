#include "blind_signing.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

/* OpenSSL blinds every private operation with a random factor and runs it in constant time: nothing here may turn that off. */

blind_signing_key *blind_signing_key_new(const uint8_t *der, size_t length) {
  const unsigned char *bytes = der;
  EVP_PKEY *key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &bytes, (long)length);
  if (key == NULL) ERR_clear_error();
  return (blind_signing_key *)key;
}

void blind_signing_key_free(blind_signing_key *key) { EVP_PKEY_free((EVP_PKEY *)key); }

static int raise_to_private_exponent(EVP_PKEY *key, const uint8_t *message, uint8_t *signature, size_t size) {
  size_t length = size;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
  int done = context != NULL && EVP_PKEY_sign_init(context) > 0 &&
             EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) > 0 &&
             EVP_PKEY_sign(context, signature, &length, message, size) > 0 && length == size;
  EVP_PKEY_CTX_free(context);
  return done;
}

static int raises_to(EVP_PKEY *key, const uint8_t *signature, const uint8_t *message, size_t size) {
  uint8_t raised[512];
  size_t length = sizeof raised;
  if (size > sizeof raised) return 0;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
  int done = context != NULL && EVP_PKEY_verify_recover_init(context) > 0 &&
             EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) > 0 &&
             EVP_PKEY_verify_recover(context, raised, &length, signature, size) > 0 && length == size &&
             CRYPTO_memcmp(raised, message, size) == 0;
  EVP_PKEY_CTX_free(context);
  return done;
}

int blind_signing_sign(const blind_signing_key *key, const uint8_t *message, uint8_t *signature, size_t size) {
  EVP_PKEY *pkey = (EVP_PKEY *)key;
  if (raise_to_private_exponent(pkey, message, signature, size) && raises_to(pkey, signature, message, size)) return 1;
  ERR_clear_error();
  OPENSSL_cleanse(signature, size);
  return 0;
}
