# Compiles SNIPPET, and compares what the compiler says with what the snippet expects.

file(STRINGS "${SNIPPET}" line REGEX "^// Expected: ")
string(REPLACE "// Expected: " "" expected "${line}")

list(TRANSFORM INCLUDES PREPEND -I)
list(TRANSFORM DEFINITIONS PREPEND -D)
list(REMOVE_ITEM COMPILE "")
execute_process(COMMAND ${COMPILE} ${DEFINITIONS} ${INCLUDES} "${SNIPPET}"
    RESULT_VARIABLE result
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output
)

if(expected STREQUAL "nothing")
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "The compiler refuses what is correct:\n${output}")
    endif()
    return()
endif()
if(result EQUAL 0)
    message(FATAL_ERROR "The compiler accepts what is wrong.")
endif()
string(FIND "${output}" "${expected}" position)
if(position EQUAL -1)
    message(FATAL_ERROR "The compiler does not say \"${expected}\":\n${output}")
endif()
