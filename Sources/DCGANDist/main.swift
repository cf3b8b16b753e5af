print("dcgan-dist")
