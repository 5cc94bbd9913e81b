#include "proto_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return proto_fuzz(&parser_bacnet, data, size);
}
