import ArgumentParser
import Foundation

do {
  var command = try RootCommand.parseAsRoot()
  try command.run()
} catch {
  exit(ErrorReport.tell(error))
}
