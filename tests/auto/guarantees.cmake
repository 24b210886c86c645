# Fails when docs/guarantees.md lists a rule that no test bears in its name.
# cmake -D SOURCE_DIR=<top> -P guarantees.cmake

cmake_minimum_required(VERSION 3.21)

file(READ "${SOURCE_DIR}/docs/guarantees.md" guarantees)
string(REGEX MATCHALL "\\*\\*[A-Z]+ [0-9]+\\*\\*" rules "${guarantees}")
list(LENGTH rules count)
if(count EQUAL 0)
    message(FATAL_ERROR "docs/guarantees.md lists no rules.")
endif()

set(tests "")
file(GLOB_RECURSE files "${SOURCE_DIR}/tests/auto/*.cpp" "${SOURCE_DIR}/tests/auto/*.qml")
foreach(file IN LISTS files)
    file(READ "${file}" text)
    string(REGEX MATCHALL "(void|function) (test_)?[A-Z]+_[0-9]+_" names "${text}")
    list(APPEND tests ${names})
endforeach()

set(missing "")
foreach(rule IN LISTS rules)
    string(REGEX REPLACE "\\*\\*([A-Z]+) ([0-9]+)\\*\\*" "\\1_\\2_" prefix "${rule}")
    if(NOT "void ${prefix}" IN_LIST tests AND NOT "function test_${prefix}" IN_LIST tests)
        list(APPEND missing "${prefix}")
    endif()
endforeach()
if(missing)
    list(JOIN missing ", " missing)
    message(FATAL_ERROR "No test bears the number of these rules: ${missing}")
endif()
message(STATUS "${count} rules, each with a test")
