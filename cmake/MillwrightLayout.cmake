# How the project's own code is compiled, and where things go: in the build tree and when installed.
# Included once by the top-level CMakeLists.txt; everything here is scoped to this project.

include(GNUInstallDirs)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_AUTOMOC ON)

if(PROJECT_IS_TOP_LEVEL)
    # Executables and QML modules share a folder, because an application's own folder is always on
    # its QML import path: `import Millwright` works without any environment variable.
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
    set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
    set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
    set(QT_QML_OUTPUT_DIRECTORY "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
    configure_file("${PROJECT_SOURCE_DIR}/qt.conf" "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/qt.conf" @ONLY)
elseif(NOT QT_QML_OUTPUT_DIRECTORY)
    # The folders are the including project's choice, but a QML module has to be in one of its name.
    set(QT_QML_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
endif()

set(MILLWRIGHT_INSTALL_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/Millwright")
set(MILLWRIGHT_INSTALL_INCLUDEDIR "${CMAKE_INSTALL_INCLUDEDIR}/Millwright")
set(MILLWRIGHT_INSTALL_QMLDIR "${CMAKE_INSTALL_LIBDIR}/qt6/qml" CACHE STRING
    "Where QML modules are installed, relative to the prefix")

# Qt's own run path for QML plugins supposes another layout.
set(QT_NO_QML_PLUGIN_RPATH ON)
if(APPLE)
    set(MILLWRIGHT_RPATH_ORIGIN "@loader_path")
else()
    set(MILLWRIGHT_RPATH_ORIGIN "$ORIGIN")
endif()

if(MILLWRIGHT_SANITIZE MATCHES "thread" AND NOT QT_CONFIGURED_SANITIZER_OPTIONS MATCHES "thread")
    message(FATAL_ERROR "The thread sanitizer sees races where there are none in a Qt that was not "
        "built with it. scripts/tsan builds one.")
endif()
if(MILLWRIGHT_SANITIZE)
    # Whatever a sanitizer reports ends the program, so that a test cannot pass with it.
    add_compile_options(-fsanitize=${MILLWRIGHT_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${MILLWRIGHT_SANITIZE})
endif()
