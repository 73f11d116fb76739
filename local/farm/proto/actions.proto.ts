/** The part of build.bazel.remote.execution.v2 that describes actions, their inputs and their results. */

export const actionsProto = `
syntax = "proto3";
package build.bazel.remote.execution.v2;

message Digest {
  string hash = 1;
  int64 size_bytes = 2;
}
message Action {
  Digest command_digest = 1;
  Digest input_root_digest = 2;
  google.protobuf.Duration timeout = 6;
  bool do_not_cache = 7;
  Platform platform = 10;
}
message Command {
  message EnvironmentVariable {
    string name = 1;
    string value = 2;
  }
  repeated string arguments = 1;
  repeated EnvironmentVariable environment_variables = 2;
  repeated string output_files = 3;
  repeated string output_directories = 4;
  Platform platform = 5;
  string working_directory = 6;
  repeated string output_paths = 7;
}
message Platform {
  message Property {
    string name = 1;
    string value = 2;
  }
  repeated Property properties = 1;
}

message Directory {
  repeated FileNode files = 1;
  repeated DirectoryNode directories = 2;
  repeated SymlinkNode symlinks = 3;
}
message FileNode {
  string name = 1;
  Digest digest = 2;
  bool is_executable = 4;
}
message DirectoryNode {
  string name = 1;
  Digest digest = 2;
}
message SymlinkNode {
  string name = 1;
  string target = 2;
}
message Tree {
  Directory root = 1;
  repeated Directory children = 2;
}

message ActionResult {
  repeated OutputFile output_files = 2;
  repeated OutputDirectory output_directories = 3;
  int32 exit_code = 4;
  bytes stdout_raw = 5;
  Digest stdout_digest = 6;
  bytes stderr_raw = 7;
  Digest stderr_digest = 8;
  ExecutedActionMetadata execution_metadata = 9;
  repeated OutputSymlink output_file_symlinks = 10;
  repeated OutputSymlink output_directory_symlinks = 11;
  repeated OutputSymlink output_symlinks = 12;
}
message OutputFile {
  string path = 1;
  Digest digest = 2;
  bool is_executable = 4;
  bytes contents = 5;
}
message OutputDirectory {
  string path = 1;
  Digest tree_digest = 3;
}
message OutputSymlink {
  string path = 1;
  string target = 2;
}
message ExecutedActionMetadata {
  string worker = 1;
  google.protobuf.Timestamp queued_timestamp = 2;
  google.protobuf.Timestamp worker_start_timestamp = 3;
  google.protobuf.Timestamp worker_completed_timestamp = 4;
  google.protobuf.Timestamp input_fetch_start_timestamp = 5;
  google.protobuf.Timestamp input_fetch_completed_timestamp = 6;
  google.protobuf.Timestamp execution_start_timestamp = 7;
  google.protobuf.Timestamp execution_completed_timestamp = 8;
  google.protobuf.Timestamp output_upload_start_timestamp = 9;
  google.protobuf.Timestamp output_upload_completed_timestamp = 10;
}
`;
