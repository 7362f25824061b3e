#include "CStoryteller.h"

static const unsigned char config[] = {
#embed "Model/config.json"
};
static const unsigned char vocabulary[] = {
#embed "Model/vocab.json"
};
static const unsigned char merges[] = {
#embed "Model/merges.txt"
};
_Alignas(64) static const unsigned char weights[] = {
#embed "Model/model.safetensors"
};

const unsigned char *storyteller_config(size_t *size) { *size = sizeof config; return config; }
const unsigned char *storyteller_vocabulary(size_t *size) { *size = sizeof vocabulary; return vocabulary; }
const unsigned char *storyteller_merges(size_t *size) { *size = sizeof merges; return merges; }
const unsigned char *storyteller_weights(size_t *size) { *size = sizeof weights; return weights; }
