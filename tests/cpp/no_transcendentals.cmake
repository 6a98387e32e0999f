# Fails where an object of the core asks the C library for a function whose bits differ between
# libraries. Run with -D NM=... -D LIBRARY=....
execute_process(COMMAND ${NM} --undefined-only ${LIBRARY} OUTPUT_VARIABLE symbols
                RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${NM} cannot read ${LIBRARY}")
endif()
if(NOT symbols MATCHES "U [_]*floor|U [_]*ldexp|U [_]*scalbn|U [_]*frexp")
  message(FATAL_ERROR "nothing of the C library is listed: the list cannot be right")
endif()
string(REGEX MATCHALL
       "U [_]*(exp|exp2|exp10|expm1|log|log2|log10|log1p|pow|cbrt|hypot|sin|cos|sincos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|erf|erfc|tgamma|lgamma|fma)f?(_finite)?(@[^\n]*)?\n"
       found "${symbols}")
if(found)
  message(FATAL_ERROR "bits of the C library: ${found}")
endif()
