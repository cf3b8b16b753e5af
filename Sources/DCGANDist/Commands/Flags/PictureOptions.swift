import ArgumentParser
import Configuration

/// The pictures to train on.
struct PictureOptions: OptionFlags {
  @Option(
    help: """
      A folder of pictures, searched recursively; an IDX file as MNIST's, plain or gzipped; or 'faces', which are \
      drawn. (default of train: faces; of verify: synthetic pictures of the networks' shape)
      """)
  var data: String?

  @Option(
    help: ArgumentHelp(
      """
      A CSV file with the header file,group,..., 'folders', or an IDX file for IDX pictures. (default: labels.csv in \
      the folder; MNIST's name beside an IDX file)
      """, valueName: "file|folders"))
  var labels: String?

  @Flag(inversion: .prefixedNo, help: "Mirror each picture with probability 1/2. (default: --no-mirror)")
  var mirror: Bool?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      The most memory that the ranks of a node take for decoded pictures, as 512MiB or 2G; 0: none. (default: half of \
      what the node, its cgroup or Slurm leave beside the networks, at most 2G)
      """, valueName: "bytes"), transform: Parse.bytes)
  var dataMemory: ByteCount?
}
