# The functions with which every target of this project is made.

include(CheckIPOSupported)
include(CMakePackageConfigHelpers)

check_ipo_supported(RESULT MILLWRIGHT_IPO OUTPUT ignored LANGUAGES CXX)

# millwright_strict(<target>)
#
# Gives a target the project's strict defines and warnings. Call it last, when the target has all of
# its sources: what Qt's tools generated into the target is exempt, for it is not ours to mend.
function(millwright_strict target)
    target_compile_definitions(${target} PRIVATE
        QT_NO_KEYWORDS
        QT_NO_FOREACH
        QT_NO_CAST_FROM_ASCII
        QT_NO_CAST_TO_ASCII
        QT_NO_URL_CAST_FROM_STRING
        QT_DISABLE_DEPRECATED_BEFORE=0x060400
    )

    if(MSVC)
        target_compile_options(${target} PRIVATE /W4 $<$<BOOL:${MILLWRIGHT_WERROR}>:/WX>)
        return()
    endif()
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
        -Wcast-align -Wundef
        $<$<BOOL:${MILLWRIGHT_WERROR}>:-Werror>
    )

    get_target_property(sources ${target} SOURCES)
    foreach(source IN LISTS sources)
        cmake_path(IS_PREFIX CMAKE_CURRENT_BINARY_DIR "${source}" is_generated)
        if(is_generated)
            set_source_files_properties("${source}" PROPERTIES COMPILE_OPTIONS -w)
        endif()
    endforeach()
endfunction()

# millwright_join(<variable> <folder>...)
#
# Makes one path of folders, of which some may be empty.
function(millwright_join variable)
    set(folders "${ARGN}")
    list(REMOVE_ITEM folders "")
    list(JOIN folders "/" path)
    set(${variable} "${path}" PARENT_SCOPE)
endfunction()

# millwright_add_library(<Name>
#     SOURCES <file>...
#     HEADERS <file>...                    public headers, installed with their sub-folders
#     [FORWARDING_HEADERS <Class=header>...]
#     [HEADER_FOLDER <folder>]             sub-folder of include/Millwright for all of these headers
#     [QT <module>...]                     public Qt modules, as in "Core"
#     [LIBRARIES <Name>...]                public libraries of this project, as in "Core"
# )
#
# Makes the library Millwright<Name> with the alias Millwright::<Name>, installs it, and makes it a
# component of the package: find_package(Millwright COMPONENTS <Name>).
#
# A user includes <Millwright/Class>. In the build tree that forwards to the header where it stands
# among the sources, in an installation to the one beside it; in both there is one include directory.
function(millwright_add_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "HEADER_FOLDER"
        "SOURCES;HEADERS;FORWARDING_HEADERS;QT;LIBRARIES")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "millwright_add_library: unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    set(target Millwright${name})

    add_library(${target} ${arg_SOURCES} ${arg_HEADERS})
    add_library(Millwright::${name} ALIAS ${target})
    set_target_properties(${target} PROPERTIES
        EXPORT_NAME ${name}
        VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR}
        INSTALL_RPATH "${MILLWRIGHT_RPATH_ORIGIN}"
    )
    target_compile_features(${target} PUBLIC cxx_std_20)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND BUILD_SHARED_LIBS)
        # Nobody replaces a function of the library by one of his own, so it may be inlined.
        target_compile_options(${target} PRIVATE -fno-semantic-interposition)
    endif()
    if(MILLWRIGHT_IPO AND BUILD_SHARED_LIBS)
        # The engine is many files; a tenth of what a job costs goes into calls from one to the other.
        set_target_properties(${target} PROPERTIES INTERPROCEDURAL_OPTIMIZATION_RELEASE ON)
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
            # GCC 12 warns of QHash there, of a size that it has only when memory for it was had.
            target_link_options(${target} PRIVATE $<$<CONFIG:Release>:-Wno-alloc-size-larger-than>)
        endif()
    endif()
    target_include_directories(${target}
        PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}"
        INTERFACE
            "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>"
            "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>"
    )

    string(TOUPPER ${name} upper_name)
    target_compile_definitions(${target} PRIVATE MILLWRIGHT_BUILDING_${upper_name})
    if(NOT BUILD_SHARED_LIBS)
        target_compile_definitions(${target} PUBLIC MILLWRIGHT_STATIC)
    endif()

    set(dependencies "")
    foreach(module IN LISTS arg_QT)
        target_link_libraries(${target} PUBLIC Qt6::${module})
        string(APPEND dependencies "find_dependency(Qt6 ${MILLWRIGHT_QT_MINIMUM} COMPONENTS ${module})\n")
    endforeach()
    foreach(library IN LISTS arg_LIBRARIES)
        target_link_libraries(${target} PUBLIC Millwright::${library})
        string(APPEND dependencies "include(\"\${CMAKE_CURRENT_LIST_DIR}/Millwright${library}.cmake\")\n")
    endforeach()

    foreach(header IN LISTS arg_HEADERS)
        get_filename_component(folder "${header}" DIRECTORY)
        millwright_join(destination "${MILLWRIGHT_INSTALL_INCLUDEDIR}" "${arg_HEADER_FOLDER}" "${folder}")
        install(FILES "${header}" DESTINATION "${destination}")
    endforeach()
    foreach(pair IN LISTS arg_FORWARDING_HEADERS)
        string(REGEX MATCH "^([^=]+)=(.+)$" pair "${pair}")
        set(class "${CMAKE_MATCH_1}")
        set(header "${CMAKE_MATCH_2}")
        if(NOT header IN_LIST arg_HEADERS)
            message(FATAL_ERROR "millwright_add_library: ${header} is not among HEADERS")
        endif()
        file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/include/Millwright/${class}"
            CONTENT "#include \"${CMAKE_CURRENT_SOURCE_DIR}/${header}\"\n")
        if(arg_HEADER_FOLDER)
            set(header "${arg_HEADER_FOLDER}/${header}")
        endif()
        set(installed "${PROJECT_BINARY_DIR}/installed-include/${class}")
        file(CONFIGURE OUTPUT "${installed}" CONTENT "#include \"${header}\"\n")
        install(FILES "${installed}" DESTINATION "${MILLWRIGHT_INSTALL_INCLUDEDIR}")
    endforeach()

    # One small file per component, so that who asks for Core does not have to have Qt Quick.
    file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/cmake/${target}.cmake" @ONLY CONTENT
"include_guard()
${dependencies}include(\"\${CMAKE_CURRENT_LIST_DIR}/${target}Targets.cmake\")
")
    install(FILES "${PROJECT_BINARY_DIR}/cmake/${target}.cmake"
        DESTINATION "${MILLWRIGHT_INSTALL_CMAKEDIR}")
    install(TARGETS ${target} EXPORT ${target}Targets)
    install(EXPORT ${target}Targets
        NAMESPACE Millwright::
        DESTINATION "${MILLWRIGHT_INSTALL_CMAKEDIR}"
    )
    set_property(GLOBAL APPEND PROPERTY MILLWRIGHT_COMPONENTS ${name})
endfunction()

# Writes and installs the package that find_package(Millwright) finds. Call it after all libraries.
function(millwright_install_package)
    get_property(MILLWRIGHT_COMPONENTS GLOBAL PROPERTY MILLWRIGHT_COMPONENTS)
    configure_package_config_file(
        "${PROJECT_SOURCE_DIR}/cmake/MillwrightConfig.cmake.in"
        "${PROJECT_BINARY_DIR}/cmake/MillwrightConfig.cmake"
        INSTALL_DESTINATION "${MILLWRIGHT_INSTALL_CMAKEDIR}"
        PATH_VARS MILLWRIGHT_INSTALL_QMLDIR
    )
    write_basic_package_version_file("${PROJECT_BINARY_DIR}/cmake/MillwrightConfigVersion.cmake"
        COMPATIBILITY SameMajorVersion)
    install(FILES
        "${PROJECT_BINARY_DIR}/cmake/MillwrightConfig.cmake"
        "${PROJECT_BINARY_DIR}/cmake/MillwrightConfigVersion.cmake"
        DESTINATION "${MILLWRIGHT_INSTALL_CMAKEDIR}"
    )
endfunction()

# millwright_install_qml_module(<backing library>
#     QML_FILES <file>...                  as given to qt_add_qml_module()
#     [OUTPUT_TARGETS <target>...]         as named by qt_add_qml_module()
# )
#
# Installs what qt_add_qml_module() makes and does not install: plugin, qmldir, qmltypes, QML files.
function(millwright_install_qml_module target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "QML_FILES;OUTPUT_TARGETS")
    get_target_property(plugin ${target} QT_QML_MODULE_PLUGIN_TARGET)
    get_target_property(build_folder ${target} QT_QML_MODULE_OUTPUT_DIRECTORY)
    get_target_property(uri_folder ${target} QT_QML_MODULE_TARGET_PATH)
    get_target_property(typeinfo ${target} QT_QML_MODULE_TYPEINFO)
    set(destination "${MILLWRIGHT_INSTALL_QMLDIR}/${uri_folder}")

    file(RELATIVE_PATH to_libraries "/${destination}" "/${CMAKE_INSTALL_LIBDIR}")
    set_target_properties(${plugin} PROPERTIES
        EXPORT_NAME QuickPlugin
        INSTALL_RPATH "${MILLWRIGHT_RPATH_ORIGIN}/${to_libraries}"
    )
    # A static build has object libraries beside the plugin, which its user links to.
    install(TARGETS ${plugin} ${arg_OUTPUT_TARGETS} EXPORT ${target}Targets
        LIBRARY DESTINATION "${destination}"
        RUNTIME DESTINATION "${destination}"
        ARCHIVE DESTINATION "${destination}"
        OBJECTS DESTINATION "${destination}"
    )

    install(FILES "${build_folder}/qmldir" "${build_folder}/${typeinfo}" DESTINATION "${destination}")
    foreach(file IN LISTS arg_QML_FILES)
        get_source_file_property(alias "${file}" QT_RESOURCE_ALIAS)
        get_filename_component(folder "${alias}" DIRECTORY)
        millwright_join(file_destination "${destination}" "${folder}")
        install(FILES "${file}" DESTINATION "${file_destination}")
    endforeach()
endfunction()

# millwright_use_qml_module(<executable>)
#
# For an executable of this project whose QML says `import Millwright`. A shared build loads the
# plugin at run time, so it only has to be there; a static build links it in.
function(millwright_use_qml_module target)
    if(BUILD_SHARED_LIBS)
        add_dependencies(${target} MillwrightQuickplugin)
    else()
        target_link_libraries(${target} PRIVATE MillwrightQuickplugin)
    endif()
endfunction()
