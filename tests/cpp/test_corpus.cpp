// The fuzzers' programs on the inputs that they have found so far.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "programs.hpp"

namespace {

// Runs a program on every file of its corpus: what fuzzers found, and what reaches far.
int replay(const std::string& name, void (*program)(fuzz::Bytes)) {
    int n = 0;
    for (const auto& file : std::filesystem::directory_iterator(POSTDICT_CORPUS "/" + name)) {
        CAPTURE(file.path());
        std::ifstream stream(file.path(), std::ios::binary);
        const std::string content{std::istreambuf_iterator<char>(stream), {}};
        CHECK_NOTHROW(
            program({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}));
        ++n;
    }
    return n;
}

}  // namespace

TEST_CASE("random programs of calls, paused in two ways, give equal states") {
    CHECK(replay("calls", fuzz::run_calls) > 0);
}

TEST_CASE("altered states are refused, or run") {
    CHECK(replay("restore", fuzz::run_restore) > 0);
}
