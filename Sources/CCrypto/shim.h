// Hashes: what Swift needs of libcrypto.
#pragma once
#include <openssl/evp.h>
