// The entry of libFuzzer; PROGRAM is the name of one of `programs.hpp`.
#include "programs.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::PROGRAM(fuzz::Bytes(data, size));
    return 0;
}
