# How tests are added: one ctest per C++ test program, and one per QML test file.

set(MILLWRIGHT_TEST_TIMEOUT 120)
if(MILLWRIGHT_SANITIZE STREQUAL "thread") # what runs much and waits little takes fifty times as long
    set(MILLWRIGHT_TEST_TIMEOUT 900)
elseif(MILLWRIGHT_SANITIZE) # four times
    set(MILLWRIGHT_TEST_TIMEOUT 300)
endif()
set(MILLWRIGHT_TEST_OPTIONS "" CACHE STRING "Compiler options for the test programs alone, as in \"-O0;-g1\"")
set(MILLWRIGHT_TEST_ENVIRONMENT QT_QPA_PLATFORM=offscreen QT_QUICK_BACKEND=software)

# millwright_add_test(<tst_name>
#     [SOURCES <file>...]          the default is <tst_name>.cpp
#     [LIBRARIES <target>...]      beside MillwrightTestSupport
# )
function(millwright_add_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
    if(NOT arg_SOURCES)
        set(arg_SOURCES ${name}.cpp)
    endif()

    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE MillwrightTestSupport ${arg_LIBRARIES})
    target_compile_options(${name} PRIVATE ${MILLWRIGHT_TEST_OPTIONS})
    millwright_strict(${name})

    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${MILLWRIGHT_TEST_TIMEOUT}
        ENVIRONMENT "${MILLWRIGHT_TEST_ENVIRONMENT}"
    )
endfunction()

# millwright_add_quick_tests(<program>
#     SOURCES <file>...            with QUICK_TEST_MAIN
#     FILES <tst_name.qml>...      each becomes a ctest of its own
#     [LIBRARIES <target>...]
# )
function(millwright_add_quick_tests name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;FILES;LIBRARIES")

    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE Millwright::Core Qt6::QuickTest ${arg_LIBRARIES})
    target_compile_options(${name} PRIVATE ${MILLWRIGHT_TEST_OPTIONS})
    millwright_use_qml_module(${name})
    millwright_strict(${name})

    foreach(file IN LISTS arg_FILES)
        get_filename_component(file "${file}" ABSOLUTE)
        get_filename_component(test "${file}" NAME_WE)
        add_test(NAME ${test}
            COMMAND ${name} -import "${QT_QML_OUTPUT_DIRECTORY}" -input "${file}")
        set_tests_properties(${test} PROPERTIES
            TIMEOUT ${MILLWRIGHT_TEST_TIMEOUT}
            ENVIRONMENT "${MILLWRIGHT_TEST_ENVIRONMENT}"
        )
    endforeach()
endfunction()

# millwright_extract_examples(<variable> <document> <language> [<text>])
#
# Sets the variable to the code blocks of a language in a document of this project, one after the
# other: all of them, or those in which the text stands. Configures again when the document changes.
function(millwright_extract_examples variable document language)
    set(document "${PROJECT_SOURCE_DIR}/${document}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${document}")
    file(READ "${document}" rest)
    string(LENGTH "```${language}\n" fence)
    set(examples "")
    while(TRUE)
        string(FIND "${rest}" "```${language}\n" begin)
        if(begin EQUAL -1)
            break()
        endif()
        math(EXPR begin "${begin} + ${fence}")
        string(SUBSTRING "${rest}" ${begin} -1 rest)
        string(FIND "${rest}" "```" end)
        string(SUBSTRING "${rest}" 0 ${end} example)
        math(EXPR end "${end} + 3")
        string(SUBSTRING "${rest}" ${end} -1 rest)
        string(FIND "${example}" "${ARGN}" found)
        if(NOT found EQUAL -1)
            string(APPEND examples "${example}\n")
        endif()
    endwhile()
    if(examples STREQUAL "")
        message(FATAL_ERROR "${document} has no ${language} example with \"${ARGN}\"")
    endif()
    set(${variable} "${examples}" PARENT_SCOPE)
endfunction()
