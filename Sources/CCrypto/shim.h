// OpenSSL libcrypto: sha256 of weights.
#include <openssl/evp.h>
