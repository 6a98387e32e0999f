// Numbers of ms in tests, where a time or a duration is wanted.
#pragma once

#include "time.hpp"

namespace postdict {

struct Ms {
    double value;
    operator Time() const { return Time::ms(value); }
    operator Duration() const { return Duration::ms(value); }
};

inline Ms operator""_ms(long double value) {
    return {static_cast<double>(value)};
}

}  // namespace postdict
